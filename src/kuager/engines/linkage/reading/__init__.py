"""Read lists into records that can be compared: columns, names, days, places, statuses."""

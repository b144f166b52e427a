"""Reading and understanding other people's spreadsheets: files in, frozen cells and parsed values out."""

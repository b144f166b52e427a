"""Evidence at the desk: what is kept, keeping more, unlocking, export, and whether all is as it was."""

"""Looking at an item: covered until asked, pictures drawn elsewhere, marks, transcripts and findings."""

"""The reconciliation of lists in the reader's words: the same sentences on page, paper and terminal."""

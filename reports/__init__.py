"""What managers read: facts from one published snapshot, then words, then pictures."""

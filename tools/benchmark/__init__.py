"""`soundspot bench`: what a stream costs on this machine, measured and held beside what it should cost."""

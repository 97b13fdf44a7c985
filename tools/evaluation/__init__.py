"""What `soundspot evaluate` measures with: real clips, composites of them, scenes, metrics, a report."""

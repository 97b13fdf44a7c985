"""soundspot points at whatever in the picture makes the sound: live, on a CPU, with no model weights."""

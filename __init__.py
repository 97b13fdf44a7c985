"""soundspot points at whatever in the picture makes the sound: live, on a CPU, with no model weights.

The whole use, over a source:

    from soundspot.core.localizer import Localizer
    from soundspot.core.options import Options
    from soundspot.stream.source import SourceOptions, open_source

    localizer = Localizer(Options(window=4.0))
    for item in open_source("talk.mp4", SourceOptions()).items():
        for sighting in localizer.push(item):
            print(sighting.frame.time, sighting.state, sighting.best)
    last = localizer.finish()  # the sightings that waited for more to come
"""

package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.CacheBundle;
import dev.naru.build.CacheSource;
import java.io.IOException;
import java.io.InputStream;

/** A cache of which only some contents of cache mounts are wanted: they would outlive the build that asks for them. */
record ChosenCache(CacheSource source, CacheBundle bundle) implements CacheSource {
    ChosenCache {
        requireNonNull(source, "source");
        requireNonNull(bundle, "bundle");
    }

    ChosenCache(CacheSource source, CacheBundle.MountChoice mounts) {
        this(source, source.bundle().with(mounts));
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public InputStream open(CacheBundle.Layer layer) throws IOException, InterruptedException {
        return source.open(layer);
    }
}

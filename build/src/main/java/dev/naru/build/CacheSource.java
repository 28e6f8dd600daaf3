package dev.naru.build;

import java.io.IOException;
import java.io.InputStream;

/** A build cache outside of this engine, that results are taken from. */
public interface CacheSource {
    /** What people call it. */
    String name();

    /** What it knows. */
    CacheBundle bundle();

    /** Reads a layer's tar, compressed or not; what is read has been verified when the stream ends. */
    InputStream open(CacheBundle.Layer layer) throws IOException, InterruptedException;
}

package dev.naru.image;

import io.avaje.jsonb.Json;

/**
 * The document of a built layer's blob that is not written before somebody reads it; its id is its digest.
 *
 * @param size of the tar stream in bytes
 * @param directory the name of the layer's directory that it is made from
 */
@Json
record DeferredLayer(String digest, long size, String directory) {
    static final String KIND = "deferred-layers";
}

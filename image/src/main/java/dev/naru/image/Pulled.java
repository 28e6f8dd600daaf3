package dev.naru.image;

/**
 * What a pull brought.
 *
 * @param id the image's id
 * @param digest what the reference named in the registry: an index's digest, or a manifest's
 * @param news whether the reference names another image than before
 */
public record Pulled(String id, String digest, boolean news) {}

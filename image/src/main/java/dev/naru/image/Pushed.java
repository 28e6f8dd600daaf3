package dev.naru.image;

/**
 * What a push left in the registry.
 *
 * @param digest of the manifest there
 * @param size of the manifest in bytes
 */
public record Pushed(String digest, long size) {}

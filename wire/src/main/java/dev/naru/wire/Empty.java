package dev.naru.wire;

/** The empty object that stands for membership in Docker's sets, as in {@code "ExposedPorts": {"80/tcp": {}}}. */
public record Empty() {}

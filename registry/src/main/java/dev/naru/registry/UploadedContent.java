package dev.naru.registry;

/** What a registry has of content that was made for it. */
public record UploadedContent(String digest, long size) {}

package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerFactory.Prepared;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes containers: name, file system, record. */
final class ContainerCreation {
    private final ContainerFactory factory;
    private final ContainerTable table;
    private final Images images;
    private final ContainerPaths paths;
    private final Leftovers leftovers;

    ContainerCreation(
            ContainerFactory factory, ContainerTable table, Images images, ContainerPaths paths, Leftovers leftovers) {
        this.factory = requireNonNull(factory, "factory");
        this.table = requireNonNull(table, "table");
        this.images = requireNonNull(images, "images");
        this.paths = requireNonNull(paths, "paths");
        this.leftovers = requireNonNull(leftovers, "leftovers");
    }

    /** @throws NaruException CONFLICT with Docker's text when the name is taken */
    ContainerCreateResponse create(@Nullable String name, @Nullable String platform, ContainerCreateRequest request) {
        Prepared prepared = factory.create(name, platform, request);
        ContainerRecord record = prepared.record();
        try {
            table.claim(record.name(), record.id());
        } catch (NaruException taken) {
            factory.discard(record);
            throw taken;
        }
        try {
            make(record, prepared.made());
        } catch (RuntimeException failure) {
            table.disclaim(record.name(), record.id());
            factory.discard(record);
            leftovers.remove(record.id());
            throw failure;
        }
        return new ContainerCreateResponse(record.id(), prepared.warnings());
    }

    private void make(ContainerRecord record, List<Happening> made) {
        directory(paths.record(record.id()));
        String chainId =
                record.imageId().isEmpty() ? "" : images.get(record.imageId()).chainId();
        images.snapshotter().prepare(record.id(), chainId);
        new ImageMounts(images).prepare(record);
        factory.populate(record);
        table.insert(record, made);
    }

    private static void directory(Path path) {
        try {
            Files.createDirectories(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x---")));
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot make " + path, failure);
        }
    }
}

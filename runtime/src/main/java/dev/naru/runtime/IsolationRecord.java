package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * What a later exec, or an engine that adopts the container, needs to know of its isolation; kept in a file of the
 * container's state directory, which is gone after a reboot just as what it describes.
 *
 * @param groupPath where the control groups are
 * @param namespaces CLONE_NEW… flags of those that are not the host's
 * @param filter the system call filter, if there is one
 */
record IsolationRecord(
        String groupPath, long namespaces, @Nullable SeccompFilter filter) {
    private static final int VERSION = 1;
    private static final String FILE = "isolation";

    IsolationRecord {
        requireNonNull(groupPath, "groupPath");
    }

    void write(Path stateDirectory) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(VERSION);
            out.writeUTF(groupPath);
            out.writeLong(namespaces);
            out.writeLong(filter == null ? 0 : filter.flags());
            out.writeInt(filter == null ? 0 : filter.program().length);
            if (filter != null) {
                out.write(filter.program());
            }
            // Renamed into place: a reader after our death finds all of it or none.
            Path beside = stateDirectory.resolve(FILE + ".new");
            Files.write(beside, bytes.toByteArray());
            Files.move(beside, stateDirectory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot record isolation in " + stateDirectory, e);
        }
    }

    static IsolationRecord read(String id, Path stateDirectory) {
        try {
            byte[] bytes = Files.readAllBytes(stateDirectory.resolve(FILE));
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            if (in.readByte() != VERSION) {
                throw new NaruException(
                        ErrorKind.INTERNAL,
                        "cannot read isolation of container " + id,
                        "another version of the engine wrote it",
                        "stop the container with that version");
            }
            String path = in.readUTF();
            long namespaces = in.readLong();
            long flags = in.readLong();
            byte[] program = in.readNBytes(in.readInt());
            return new IsolationRecord(
                    path, namespaces, program.length == 0 ? null : new SeccompFilter(flags, program));
        } catch (NoSuchFileException e) {
            throw new NaruException(
                    ErrorKind.NOT_FOUND, "container " + id + " has no isolation record", "it does not run", null, e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read isolation of container " + id, e);
        }
    }
}

package dev.naru.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where an output of a build goes on our side. */
sealed interface BuildDestination {
    /** The engine keeps it or sends it elsewhere. */
    record None() implements BuildDestination {}

    record Directory(Path path) implements BuildDestination {}

    /** An image layout in a directory. */
    record Layout(Path path) implements BuildDestination {}

    /**
     * One stream of bytes.
     *
     * @param file null is standard output
     */
    record Stream(@Nullable Path file, PrintStream out) implements BuildDestination {
        OutputStream open() throws IOException {
            if (file != null) {
                return Files.newOutputStream(file);
            }
            PrintStream target = out;
            return new OutputStream() {
                @Override
                public void write(int one) {
                    target.write(one);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                    target.write(bytes, offset, length);
                }

                @Override
                public void close() {
                    target.flush();
                }
            };
        }
    }
}

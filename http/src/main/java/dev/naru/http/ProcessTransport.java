package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/** The standard streams of a program that leads somewhere. */
final class ProcessTransport implements Transport {
    private final Process process;

    ProcessTransport(Process process) {
        this.process = requireNonNull(process, "process");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return process.getInputStream().read(bytes, offset, length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        process.getOutputStream().write(bytes, offset, length);
        process.getOutputStream().flush();
    }

    @Override
    public void shutdownOutput() throws IOException {
        process.getOutputStream().close();
    }

    @Override
    public void close() {
        process.destroy();
    }
}

package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner.RunningProcess;
import dev.naru.build.StepRunner.StepOutput;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.RunningContainer;
import dev.naru.runtime.RunningExec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A process in the container of a step. */
abstract sealed class StepProcess implements RunningProcess {
    abstract Optional<Attachment> attachment();

    @Override
    public void follow(StepOutput output) {
        attachment().ifPresent(from -> StepFrames.read(from, output));
    }

    @Override
    public void write(byte[] input) throws IOException {
        Attachment to = attachment().orElse(null);
        if (to != null) {
            to.write(ByteBuffer.wrap(input));
        }
    }

    @Override
    public void endInput() throws IOException {
        Attachment to = attachment().orElse(null);
        if (to != null) {
            to.shutdownInput();
        }
    }

    @Override
    public void close() {
        attachment().ifPresent(Attachment::close);
    }

    /** The first, whose end is the container's. */
    static final class First extends StepProcess {
        private final RunningContainer container;
        private final Attachment streams;

        First(RunningContainer container, Attachment streams) {
            this.container = requireNonNull(container, "container");
            this.streams = requireNonNull(streams, "streams");
        }

        @Override
        Optional<Attachment> attachment() {
            return Optional.of(streams);
        }

        @Override
        public void signal(String name) {
            container.signal(SignalNames.parse(name));
        }

        @Override
        public void resize(int rows, int columns) {
            container.resize(rows, columns);
        }

        @Override
        public int awaitExit() throws InterruptedException {
            return container.awaitExit().code();
        }
    }

    /** One that joined. */
    static final class Another extends StepProcess {
        private final RunningExec exec;

        Another(RunningExec exec) {
            this.exec = requireNonNull(exec, "exec");
        }

        @Override
        Optional<Attachment> attachment() {
            return exec.attachment();
        }

        @Override
        public void signal(String name) {
            exec.signal(SignalNames.parse(name));
        }

        @Override
        public void resize(int rows, int columns) {
            exec.resize(rows, columns);
        }

        @Override
        public int awaitExit() throws InterruptedException {
            return exec.awaitExit().code();
        }

        @Override
        public void close() {
            super.close();
            exec.close();
        }
    }
}

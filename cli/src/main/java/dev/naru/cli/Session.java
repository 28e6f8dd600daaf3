package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** What a command works with: the engine, the configuration and the three standard streams. */
final class Session implements AutoCloseable {
    private final EngineChoice choice;
    private final ConfigFile config;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private @Nullable Engine engine;

    Session(EngineChoice choice, ConfigFile config, InputStream in, PrintStream out, PrintStream err) {
        this.choice = requireNonNull(choice, "choice");
        this.config = requireNonNull(config, "config");
        this.in = requireNonNull(in, "in");
        this.out = requireNonNull(out, "out");
        this.err = requireNonNull(err, "err");
    }

    /** The engine; what needs none works although there is none. */
    synchronized Engine engine() {
        if (engine == null) {
            try {
                engine = choice.connect(err);
            } catch (IOException e) {
                throw new CliException(String.valueOf(e.getMessage()));
            }
        }
        return engine;
    }

    EngineChoice choice() {
        return choice;
    }

    ConfigFile config() {
        return config;
    }

    InputStream in() {
        return in;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    /** The keys that detach: as asked for, else as the configuration has them. */
    @Nullable
    String detachKeys(Arguments arguments) {
        return arguments.has("detach-keys") ? arguments.get("detach-keys") : config.text("detachKeys");
    }

    /** The format of a listing: as asked for, else as the configuration has it. */
    @Nullable
    String format(Arguments arguments, String field) {
        return arguments.has("format") ? arguments.get("format") : config.text(field);
    }

    /** Runs a step for each operand, tells what failed, and goes on; answers the exit code. */
    int each(Iterable<String> operands, Step step) {
        int code = 0;
        for (String operand : operands) {
            try {
                step.run(operand);
            } catch (EngineRefusal e) {
                out.flush();
                err.println("Error response from daemon: " + e.getMessage());
                code = 1;
            }
        }
        return code;
    }

    @Override
    public synchronized void close() {
        if (engine != null) {
            engine.close();
        }
    }

    /** One operand's work. */
    interface Step {
        void run(String operand);
    }
}

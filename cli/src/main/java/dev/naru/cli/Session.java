package dev.naru.cli;

import java.io.InputStream;
import java.io.PrintStream;

/** What a command works with: the engine and the three standard streams. */
final class Session {
    private final EngineConnection engine;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;

    Session(EngineConnection engine, InputStream in, PrintStream out, PrintStream err) {
        this.engine = engine;
        this.in = in;
        this.out = out;
        this.err = err;
    }

    EngineConnection engine() {
        return engine;
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

    /** Runs a step for each operand, tells what failed, and goes on; answers the exit code. */
    int each(Iterable<String> operands, Step step) {
        int code = 0;
        for (String operand : operands) {
            try {
                step.run(operand);
            } catch (EngineRefusal e) {
                err.println("Error response from daemon: " + e.getMessage());
                code = 1;
            }
        }
        return code;
    }

    /** One operand's work. */
    interface Step {
        void run(String operand);
    }
}

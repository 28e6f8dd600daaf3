package dev.naru.daemon;

import dev.naru.engine.Engine;
import dev.naru.error.NaruException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** The engine's program: reads the configuration, opens the engine, listens, and leaves containers running at its end. */
public final class Narud {
    private static final System.Logger LOG = System.getLogger("naru.daemon");

    private Narud() {}

    public static void main(String[] arguments) throws InterruptedException {
        int code = 1;
        try {
            code = run(List.of(arguments), System.out, System.err);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "narud ends: " + e.getMessage(), e);
        }
        if (code != 0) {
            System.exit(code);
        }
    }

    /** Runs until a signal asks it to stop; answers the exit code. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
        if (!arguments.isEmpty() && arguments.getFirst().equals("registry")) {
            return RegistryProgram.run(arguments.subList(1, arguments.size()), out, err);
        }
        DaemonOptions options;
        try {
            Settings flags = Settings.ofArguments(arguments);
            if (flags.is("help", false)) {
                Usage.print(out);
                return 0;
            }
            if (flags.is("version", false)) {
                out.println("Naru version " + Version.text());
                return 0;
            }
            options = DaemonOptions.of(flags);
            if (flags.is("validate", false)) {
                out.println("configuration OK");
                return 0;
            }
            configureLogging(options.logLevel(), options.logFormat());
        } catch (NaruException e) {
            err.println("narud: " + e.getMessage());
            return 1;
        }
        return serve(options, err);
    }

    private static int serve(DaemonOptions options, PrintStream err) throws InterruptedException {
        var stopped = new CountDownLatch(1);
        // Counted down on every way out: the shutdown hook waits for it, and without it a failed start would never end.
        var finished = new CountDownLatch(1);
        try (PidFile pidFile = options.pidFile() == null ? null : PidFile.write(options.pidFile());
                Doors doors = new Doors(options);
                HeapReturn heap = new HeapReturn()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stopped.countDown();
                awaitQuietly(finished);
            }));
            doors.listen();
            Engine engine = Engine.open(options.engine());
            try {
                doors.serve(engine);
                heap.start();
                LOG.log(System.Logger.Level.INFO, "ready: " + String.join(", ", options.hosts()));
                stopped.await();
                LOG.log(System.Logger.Level.INFO, "stopping; containers go on");
            } finally {
                doors.close();
                engine.close();
                if (pidFile != null) {
                    pidFile.close();
                }
            }
            return 0;
        } catch (NaruException e) {
            err.println("narud: " + e.getMessage());
            return 1;
        } finally {
            finished.countDown();
        }
    }

    static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void configureLogging(String logLevel, String logFormat) {
        System.Logger.Level level =
                switch (logLevel.toLowerCase(Locale.ROOT)) {
                    case "debug" -> System.Logger.Level.DEBUG;
                    case "info" -> System.Logger.Level.INFO;
                    case "warn" -> System.Logger.Level.WARNING;
                    case "error", "fatal" -> System.Logger.Level.ERROR;
                    default ->
                        throw NaruException.invalid(
                                "invalid logging level \"" + logLevel + "\": use debug, info, warn, error or fatal");
                };
        boolean json =
                switch (logFormat) {
                    case "text" -> false;
                    case "json" -> true;
                    default ->
                        throw NaruException.invalid("invalid log format \"" + logFormat + "\": use text or json");
                };
        if (System.LoggerFinder.getLoggerFinder() instanceof DaemonLoggers loggers) {
            loggers.configure(level, json);
        }
    }
}

package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Hook;
import dev.naru.oci.Hooks;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The hooks that run on the host, in its namespaces: when the container's first process is prepared and before its program
 * runs, when it runs, and when it is gone.
 */
final class HostHooks {
    private static final System.Logger LOG = System.getLogger("naru.runtime");
    private static final int MOST = 4096;

    private HostHooks() {}

    static List<Hook> of(Hooks hooks) {
        List<Hook> all = new ArrayList<>(HookCompiler.of(hooks.prestart()));
        all.addAll(HookCompiler.of(hooks.createRuntime()));
        return all;
    }

    /** @throws NaruException INVALID when one fails */
    static void run(LaunchRequest request, int pid) {
        Hooks hooks = request.spec().hooks();
        if (hooks == null) {
            return;
        }
        run(of(hooks), ContainerBundle.of(request), "creating", pid);
    }

    /** @throws NaruException INVALID when one fails: the container is not to go on then */
    static void started(LaunchRequest request, int pid) {
        Hooks hooks = request.spec().hooks();
        if (hooks != null) {
            run(HookCompiler.of(hooks.poststart()), ContainerBundle.of(request), "running", pid);
        }
    }

    /** A container is gone but for its state directory. What its hooks cannot clear up, nobody else can. */
    static void gone(ContainerPlace place) {
        ContainerBundle.read(place.id(), place.stateDirectory()).ifPresent(written -> {
            for (Hook hook : HookCompiler.of(written.hooks().poststop())) {
                try {
                    run(List.of(hook), written.bundle(), "stopped", 0);
                } catch (NaruException failure) {
                    LOG.log(System.Logger.Level.WARNING, "container {0}: {1}", place.id(), failure.getMessage());
                }
            }
        });
    }

    private static void run(List<Hook> hooks, ContainerBundle bundle, String status, int pid) {
        for (Hook hook : hooks) {
            HookCompiler.require(hook);
            run(hook, bundle.before(status) + pid + bundle.after());
        }
    }

    /** Its first argument is its name, which Java does not give: the program's path stands there. */
    private static void run(Hook hook, String state) {
        List<String> command = new ArrayList<>(HookCompiler.arguments(hook));
        command.set(0, hook.path());
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Redirect.PIPE);
        builder.environment().clear();
        for (String variable : hook.env() == null ? List.<String>of() : hook.env()) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        try {
            await(hook, builder.start(), state);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.INVALID, "cannot run hook " + hook.path(), failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot run hook " + hook.path(), "interrupted", null, stop);
        }
    }

    private static void await(Hook hook, Process process, String state) throws IOException, InterruptedException {
        try {
            var said = new StringBuilder();
            Thread reader = Thread.ofVirtual().start(() -> said.append(output(process)));
            try (var input = process.getOutputStream()) {
                input.write(state.getBytes(StandardCharsets.UTF_8));
            } catch (IOException notRead) {
                // It need not read what it is told.
            }
            if (hook.timeout() == null) {
                process.waitFor();
            } else if (!process.waitFor(hook.timeout(), TimeUnit.SECONDS)) {
                throw new NaruException(
                        ErrorKind.INVALID,
                        "hook " + hook.path(),
                        "it did not end within " + hook.timeout() + " seconds",
                        null);
            }
            reader.join();
            if (process.exitValue() != 0) {
                throw new NaruException(
                        ErrorKind.INVALID,
                        "hook " + hook.path() + " failed with exit code " + process.exitValue(),
                        said.toString().strip(),
                        null);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static String output(Process process) {
        try (var output = process.getInputStream()) {
            String said = new String(output.readNBytes(MOST), StandardCharsets.UTF_8);
            // All of it, or the hook would be ended by a pipe that nobody reads.
            output.transferTo(OutputStream.nullOutputStream());
            return said;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}

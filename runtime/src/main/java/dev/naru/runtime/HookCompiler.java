package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Hook;
import dev.naru.oci.Hooks;
import dev.naru.oci.RuntimeSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the hooks that run in the container's namespaces: those that still see the host's root, and those of the
 * container's own root, before its program.
 */
final class HookCompiler {
    private HookCompiler() {}

    static void compile(LaunchPlan.Builder plan, LaunchRequest request, Path root) {
        RuntimeSpec spec = request.spec();
        Hooks hooks = spec.hooks();
        if (hooks == null) {
            return;
        }
        ContainerBundle bundle = ContainerBundle.of(request);
        bundle.write(spec, root);
        for (Hook hook : of(hooks.createContainer())) {
            require(hook);
            plan.hook(
                    hook.path(),
                    arguments(hook),
                    environment(hook),
                    bundle.before("creating"),
                    bundle.after(),
                    timeout(hook));
        }
        for (Hook hook : of(hooks.startContainer())) {
            plan.startHook(
                    hook.path(),
                    arguments(hook),
                    environment(hook),
                    bundle.before("created"),
                    bundle.after(),
                    timeout(hook));
        }
    }

    private static List<String> environment(Hook hook) {
        return hook.env() == null ? List.of() : hook.env();
    }

    private static int timeout(Hook hook) {
        return hook.timeout() == null ? 0 : hook.timeout();
    }

    static List<Hook> of(@Nullable List<Hook> hooks) {
        return hooks == null ? List.of() : hooks;
    }

    /** With its own name. */
    static List<String> arguments(Hook hook) {
        return hook.args() == null || hook.args().isEmpty() ? List.of(hook.path()) : hook.args();
    }

    static void require(Hook hook) {
        if (!Files.isExecutable(Path.of(hook.path()))) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot run hook " + hook.path(),
                    "there is no such program on this host",
                    "install it, or have the device's file written anew");
        }
    }
}

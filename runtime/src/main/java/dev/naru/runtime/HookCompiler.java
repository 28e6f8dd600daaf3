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

/** Compiles the hooks that run in the container's namespaces while the host's root is still seen. */
final class HookCompiler {
    private HookCompiler() {}

    static void compile(LaunchPlan.Builder plan, LaunchRequest request, Path root) {
        RuntimeSpec spec = request.spec();
        Hooks hooks = spec.hooks();
        if (hooks == null) {
            return;
        }
        refuse("startContainer", hooks.startContainer());
        refuse("poststart", hooks.poststart());
        refuse("poststop", hooks.poststop());
        List<Hook> within = of(hooks.createContainer());
        if (within.isEmpty() && HostHooks.of(hooks).isEmpty()) {
            return;
        }
        ContainerBundle bundle = ContainerBundle.of(request);
        bundle.write(spec, root);
        for (Hook hook : within) {
            require(hook);
            plan.hook(
                    hook.path(),
                    arguments(hook),
                    hook.env() == null ? List.of() : hook.env(),
                    bundle.before(),
                    bundle.after(),
                    hook.timeout() == null ? 0 : hook.timeout());
        }
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

    private static void refuse(String moment, @Nullable List<Hook> hooks) {
        if (!of(hooks).isEmpty()) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot run hook " + of(hooks).getFirst().path(),
                    "it is a " + moment + " hook",
                    "createRuntime, prestart and createContainer hooks are run");
        }
    }
}

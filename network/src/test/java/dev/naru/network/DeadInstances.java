package dev.naru.network;

import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Before the first test removes what tests left in the kernel that died: their instances are named after their process. A
 * bridge or table of before would break these.
 */
public final class DeadInstances implements BeforeAllCallback {
    private static final Pattern NAMES = Pattern.compile("n[a-z]{1,3}([0-9]{3,9})(x[0-9a-z]*)?");

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot()
                .getStore(ExtensionContext.Namespace.create(DeadInstances.class))
                .computeIfAbsent("removed", any -> {
                    InstanceTraces.removeOfDeadProcesses(NAMES);
                    return Boolean.TRUE;
                });
    }
}

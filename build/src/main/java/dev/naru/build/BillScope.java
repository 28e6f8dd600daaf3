package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the software is listed of besides the result: the arguments {@code BUILDKIT_SBOM_SCAN_CONTEXT} and
 * {@code BUILDKIT_SBOM_SCAN_STAGE}, before the first stage or in each (BuildKit, docs/attestations/sbom.md). Only what is
 * built is listed.
 */
final class BillScope {
    private static final String CONTEXT = "BUILDKIT_SBOM_SCAN_CONTEXT";
    private static final String STAGE = "BUILDKIT_SBOM_SCAN_STAGE";

    private final Map<String, String> globals;

    /** @param globals arguments from before the first stage */
    BillScope(Map<String, String> globals) {
        this.globals = requireNonNull(globals, "globals");
    }

    /** Whether an argument is one of these, which no step sees. */
    static boolean names(String argument) {
        return Set.of(CONTEXT, STAGE).contains(argument);
    }

    /** Trees by their names: "context", and the stages'. */
    Map<String, Vertex.Input> of(Collection<StageBuild> built, StageBuild result, Contexts contexts) {
        Map<String, Vertex.Input> all = new LinkedHashMap<>();
        if (built.stream().anyMatch(stage -> wanted(stage, CONTEXT))) {
            contexts.paths().record(Contexts.MAIN, "");
            add(all, "context", contexts.main());
        }
        for (StageBuild stage : built) {
            if (stage != result && wanted(stage, STAGE)) {
                add(all, stage.title(), stage.root());
            }
        }
        return all;
    }

    private static void add(Map<String, Vertex.Input> all, String name, Vertex.@Nullable Input tree) {
        if (tree != null) {
            all.put(name, tree);
        }
    }

    private boolean wanted(StageBuild stage, String argument) {
        String own = stage.scope(argument);
        String value = own == null ? globals.getOrDefault(argument, "") : own;
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "", "false", "0", "f" -> false;
            case "true", "1", "t" -> true;
            default -> List.of(value.toLowerCase(Locale.ROOT).split(",", -1)).contains(stage.title());
        };
    }
}

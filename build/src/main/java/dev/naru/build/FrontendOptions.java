package dev.naru.build;

import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a build is asked for beside its file.
 *
 * @param context the files that COPY reads
 * @param fileContext where the build file is when that is not the context
 * @param fileName path of the build file
 * @param target stage to build, by name or number; empty for the last
 * @param platforms to build for, empty for {@code buildPlatform} alone
 * @param buildPlatform the builder's own
 * @param noCacheFilter stages that are built anew
 * @param multiPlatform whether results are an index though there is one platform only
 * @param syntaxChosen whether it is settled that this frontend reads the file, whatever its syntax line says
 * @param bill whether the result's software is listed, so that trees which the file names for that are wanted too
 */
@RecordBuilder
public record FrontendOptions(
        BuildContext context,
        @Nullable BuildContext fileContext,
        String fileName,
        String target,
        Map<String, String> buildArguments,
        Map<String, String> labels,
        List<Platform> platforms,
        Platform buildPlatform,
        Map<String, BuildContext> namedContexts,
        boolean noCache,
        List<String> noCacheFilter,
        Source.Pull pull,
        Execution.Network network,
        Map<String, String> extraHosts,
        Execution.Resources resources,
        List<Execution.Ulimit> ulimits,
        String hostname,
        boolean multiPlatform,
        boolean syntaxChosen,
        boolean bill) {
    /** {@code SOURCE_DATE_EPOCH} so is the context's newest change, which is what no {@code SOURCE_DATE_EPOCH} is too. */
    public static final String OF_CONTEXT = "context";

    public FrontendOptions {
        // Order shows in the configuration, so it is kept.
        var arguments = new LinkedHashMap<String, String>(buildArguments);
        arguments.remove("SOURCE_DATE_EPOCH", OF_CONTEXT);
        buildArguments = java.util.Collections.unmodifiableMap(arguments);
        labels = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        platforms = List.copyOf(platforms);
        namedContexts = Map.copyOf(namedContexts);
        noCacheFilter = List.copyOf(noCacheFilter);
        extraHosts = Map.copyOf(extraHosts);
        ulimits = List.copyOf(ulimits);
    }

    /** A client's directory with a Dockerfile in it; change it with {@link FrontendOptionsBuilder}. */
    public static FrontendOptions defaults() {
        return new FrontendOptions(
                new BuildContext.Session("context", "context"),
                null,
                "Dockerfile",
                "",
                Map.of(),
                Map.of(),
                List.of(),
                PlatformMatch.host(),
                Map.of(),
                false,
                List.of(),
                Source.Pull.WHEN_MISSING,
                Execution.Network.DEFAULT,
                Map.of(),
                Execution.Resources.none(),
                List.of(),
                "",
                false,
                false,
                false);
    }

    String argument(String name, String otherwise) {
        return buildArguments.getOrDefault(name, otherwise);
    }

    boolean truth(String name) {
        return List.of("1", "true", "t", "yes").contains(argument(name, "").toLowerCase(java.util.Locale.ROOT));
    }
}

package dev.naru.engine;

import dev.naru.wire.RegistryAuth;
import dev.naru.wire.Ulimit;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code POST /build} asks for (Engine API, ImageBuild); absent texts are empty, absent numbers 0.
 *
 * @param tags names of the image
 * @param remote where the context comes from when it is not in the body
 * @param logins credentials by registry
 * @param noCacheFilter stages that are built anew
 * @param contexts named contexts: images, repositories and archives; the client's own directories cannot be had here
 * @param secrets values by id
 * @param buildArguments a value of null takes it from the builder's environment, which has none
 */
@RecordBuilder
public record ClassicBuildRequest(
        String dockerfile,
        List<String> tags,
        String remote,
        boolean quiet,
        boolean noCache,
        boolean pull,
        long memory,
        long memorySwap,
        long cpuShares,
        long cpuPeriod,
        long cpuQuota,
        String cpusetCpus,
        String cpusetMems,
        String cgroupParent,
        long shmSize,
        boolean squash,
        Map<String, @Nullable String> buildArguments,
        Map<String, String> labels,
        String networkMode,
        String platform,
        String target,
        String outputs,
        List<String> extraHosts,
        List<Ulimit> ulimits,
        String buildId,
        Map<String, RegistryAuth> logins,
        List<String> noCacheFilter,
        Map<String, String> contexts,
        Map<String, byte[]> secrets) {
    public ClassicBuildRequest {
        tags = List.copyOf(tags);
        buildArguments = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(buildArguments));
        labels = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(labels));
        logins = Map.copyOf(logins);
        extraHosts = List.copyOf(extraHosts);
        ulimits = List.copyOf(ulimits);
        noCacheFilter = noCacheFilter == null ? List.of() : List.copyOf(noCacheFilter);
        contexts = contexts == null ? Map.of() : Map.copyOf(contexts);
        secrets = secrets == null ? Map.of() : Map.copyOf(secrets);
    }
}

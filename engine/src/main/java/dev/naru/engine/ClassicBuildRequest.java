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
        Map<String, RegistryAuth> logins) {
    public ClassicBuildRequest {
        tags = List.copyOf(tags);
        buildArguments = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(buildArguments));
        labels = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(labels));
        logins = Map.copyOf(logins);
        extraHosts = List.copyOf(extraHosts);
        ulimits = List.copyOf(ulimits);
    }
}

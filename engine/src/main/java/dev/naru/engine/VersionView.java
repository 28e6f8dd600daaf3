package dev.naru.engine;

import dev.naru.wire.SystemVersion;
import dev.naru.wire.SystemVersionComponent;
import dev.naru.wire.SystemVersionPlatform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code docker version} shows of a server. */
final class VersionView {
    private VersionView() {}

    static SystemVersion of(BuildInfo build, String kernel) {
        String java = "java" + Runtime.version().feature();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("ApiVersion", BuildInfo.API);
        details.put("Arch", HostFacts.architecture());
        details.put("BuildTime", build.time());
        details.put("Experimental", "false");
        details.put("GitCommit", "");
        details.put("GoVersion", java);
        details.put("KernelVersion", kernel);
        details.put("MinAPIVersion", BuildInfo.OLDEST_API);
        details.put("Os", "linux");
        return new SystemVersion(
                new SystemVersionPlatform("Naru"),
                List.of(
                        new SystemVersionComponent("Engine", build.version(), details),
                        new SystemVersionComponent("naru-monitor", build.version(), Map.of("GitCommit", ""))),
                build.version(),
                BuildInfo.API,
                BuildInfo.OLDEST_API,
                "",
                java,
                "linux",
                HostFacts.architecture(),
                kernel,
                null,
                build.time());
    }
}

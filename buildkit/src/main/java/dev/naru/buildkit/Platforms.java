package dev.naru.buildkit;

import dev.naru.build.BuildResult;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.oci.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** Platforms as BuildKit writes them. */
final class Platforms {
    private Platforms() {}

    static String text(Platform platform) {
        String variant = platform.variant();
        return platform.os() + "/" + platform.architecture() + (variant == null ? "" : "/" + variant);
    }

    /** pb.Platform */
    static ProtoWriter proto(Platform platform) {
        String variant = platform.variant();
        return new ProtoWriter()
                .text(1, platform.architecture())
                .text(2, platform.os())
                .text(3, variant == null ? "" : variant);
    }

    static Platform of(ProtoFields proto) {
        String variant = proto.text(3);
        return dev.naru.oci.PlatformMatch.normal(
                new Platform(proto.text(1), proto.text(2), null, null, variant.isEmpty() ? null : variant));
    }

    /** The metadata {@code refs.platforms}. */
    static byte[] list(List<BuildResult.PlatformResult> results) {
        String all = results.stream()
                .map(BuildResult.PlatformResult::platform)
                .map(platform -> "{\"ID\":\"" + text(platform) + "\",\"Platform\":" + json(platform) + "}")
                .collect(Collectors.joining(","));
        return ("{\"Platforms\":[" + all + "]}").getBytes(StandardCharsets.UTF_8);
    }

    private static String json(Platform platform) {
        String variant = platform.variant();
        return "{\"architecture\":\"" + platform.architecture() + "\",\"os\":\"" + platform.os() + "\""
                + (variant == null ? "" : ",\"variant\":\"" + variant + "\"") + "}";
    }
}

package dev.naru.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What targets want beyond the directory that bake runs in, which its user must have allowed ({@code --allow}). */
final class BakeAllowances {
    private final Set<String> allowed;
    private final Path home;
    private final boolean files;
    private final Set<String> missing = new LinkedHashSet<>();

    BakeAllowances(List<String> allowed, Map<String, String> environment) {
        this.allowed = Set.copyOf(allowed);
        this.home = real(Path.of(""));
        this.files = !List.of("0", "false").contains(environment.getOrDefault("BUILDX_BAKE_ENTITLEMENTS_FS", ""));
        for (String each : allowed) {
            String kind = each.replaceFirst("=.*", "");
            if (!List.of("network.host", "security.insecure", "device", "ssh", "fs", "fs.read", "fs.write")
                    .contains(kind)) {
                throw new CliException("--allow " + each
                        + " is not known: use network.host, security.insecure, device, ssh, fs, fs.read or fs.write");
            }
        }
    }

    /** @throws CliException which tells what to allow */
    void check(Map<String, BakeTarget> targets) {
        targets.values().forEach(this::check);
        if (!missing.isEmpty()) {
            throw new CliException("additional privileges requested: the bake file wants " + String.join(", ", missing)
                    + "; allow them with --allow " + String.join(" --allow ", missing));
        }
    }

    private void check(BakeTarget target) {
        List<String> entitlements = target.texts(BakeTarget.Attribute.ENTITLEMENTS);
        if (target.text(BakeTarget.Attribute.NETWORK).equals("host") || entitlements.contains("network.host")) {
            want("network.host");
        }
        if (entitlements.contains("security.insecure")) {
            want("security.insecure");
        }
        if (!allowed.contains("device")) {
            entitlements.stream().filter(each -> each.matches("device(=.*)?")).forEach(this::want);
        }
        if (!target.fields(BakeTarget.Attribute.SSH).isEmpty()) {
            want("ssh");
        }
        if (files) {
            reads(target).forEach(path -> path("fs.read", path));
            writes(target).forEach(path -> path("fs.write", path));
        }
    }

    private static List<String> reads(BakeTarget target) {
        List<String> paths = new ArrayList<>();
        String context = BakePlan.here(target.text(BakeTarget.Attribute.CONTEXT));
        if (BakePlan.isPath(context)) {
            paths.add(context);
            if (target.text(BakeTarget.Attribute.DOCKERFILE_INLINE).isEmpty()) {
                paths.add(Path.of(context)
                        .resolve(target.text(BakeTarget.Attribute.DOCKERFILE))
                        .toString());
            }
        }
        target.map(BakeTarget.Attribute.CONTEXTS).values().forEach(given -> {
            String value = BakePlan.here(given);
            if (value.startsWith("oci-layout://")) {
                paths.add(value.substring("oci-layout://".length()).replaceFirst("[:@][^/]*$", ""));
            } else if (BakePlan.isPath(value)) {
                paths.add(value);
            }
        });
        target.fields(BakeTarget.Attribute.SECRET).forEach(each -> add(paths, each.get("src")));
        target.fields(BakeTarget.Attribute.CACHE_FROM).forEach(each -> add(paths, each.get("src")));
        return paths;
    }

    private static List<String> writes(BakeTarget target) {
        List<String> paths = new ArrayList<>();
        for (Map<String, Object> each : target.fields(BakeTarget.Attribute.OUTPUT)) {
            add(paths, "-".equals(each.get("dest")) ? null : each.get("dest"));
        }
        target.fields(BakeTarget.Attribute.CACHE_TO).forEach(each -> add(paths, each.get("dest")));
        return paths;
    }

    private static void add(List<String> paths, @org.jspecify.annotations.Nullable Object path) {
        if (path instanceof String text && !text.isEmpty()) {
            paths.add(text);
        }
    }

    private void want(String entitlement) {
        if (!allowed.contains(entitlement)) {
            missing.add(entitlement);
        }
    }

    private void path(String kind, String text) {
        Path path = real(Path.of(text));
        if (path.startsWith(home)) {
            return;
        }
        for (String each : allowed) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            String place = equals < 0 ? "*" : each.substring(equals + 1);
            if ((name.equals("fs") || name.equals(kind))
                    && (place.equals("*") || path.startsWith(real(Path.of(place))))) {
                return;
            }
        }
        missing.add(kind + "=" + path);
    }

    /** Links are followed, of what is there already. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        for (Path at = absolute; at != null; at = at.getParent()) {
            if (Files.exists(at)) {
                try {
                    return at.toRealPath().resolve(at.relativize(absolute)).normalize();
                } catch (IOException unreadable) {
                    return absolute;
                }
            }
        }
        return absolute;
    }
}

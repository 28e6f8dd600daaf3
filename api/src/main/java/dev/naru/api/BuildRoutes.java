package dev.naru.api;

import dev.naru.engine.CacheBounds;
import dev.naru.engine.ClassicBuildRequest;
import dev.naru.engine.ClassicBuildRequestBuilder;
import dev.naru.error.NaruException;
import dev.naru.wire.BuildLine;
import dev.naru.wire.BuildLineBuilder;
import dev.naru.wire.ErrorDetail;
import dev.naru.wire.RegistryAuth;
import dev.naru.wire.Ulimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds as the classic builder's clients ask for them (Engine API, ImageBuild, BuildPrune). */
final class BuildRoutes {
    private BuildRoutes() {}

    static void build(Call call) throws IOException {
        ClassicBuildRequest request = request(call);
        String version = call.text("version", "1");
        switch (version) {
            case "", "1" -> {}
            case "2" -> {
                GraphBuildRoute.build(call, request);
                return;
            }
            default -> throw NaruException.invalid("invalid version \"" + version + "\"");
        }
        if (call.text("progress", "").equals("events")) {
            BuildEvents.build(call, request);
            return;
        }
        answer(call, output -> {
            Consumer<BuildLine> sink = line -> StreamRoutes.unchecked(() -> {
                output.write(Json.line(line));
                output.flush();
            });
            call.engine().builds().classic(request, call.bodyStream(), () -> received(call), sink);
        });
    }

    /** What a build writes into its answer. */
    interface Work {
        void write(LateStream output) throws IOException, InterruptedException;
    }

    /** Answers with a build; what fails once the answer has begun is its last line. */
    static void answer(Call call, Work build) throws IOException {
        var output = new LateStream(call.exchange(), "application/json");
        try {
            build.write(output);
        } catch (NaruException e) {
            if (!call.exchange().answered() || call.exchange().clientGone()) {
                throw e;
            }
            output.write(Json.line(failure(String.valueOf(e.getMessage()))));
        } catch (InterruptedException stopped) {
            if (call.exchange().clientGone()) {
                Thread.currentThread().interrupt();
                return;
            }
            output.write(Json.line(failure("build canceled")));
        }
        output.flush();
    }

    /** The request's body was read as far as it is wanted; from now on a client that leaves ends the build. */
    static void received(Call call) {
        StreamRoutes.unchecked(() -> {
            call.skipBody();
            call.exchange().interruptWhenClientLeaves();
        });
    }

    private static BuildLine failure(String message) {
        return BuildLineBuilder.builder()
                .errorDetail(new ErrorDetail(null, message))
                .error(message)
                .build();
    }

    private static ClassicBuildRequest request(Call call) {
        refuse(call);
        return ClassicBuildRequestBuilder.builder()
                .dockerfile(call.text("dockerfile", "Dockerfile"))
                .tags(call.query().all("t").stream()
                        .filter(tag -> !tag.isEmpty())
                        .toList())
                .remote(call.text("remote", ""))
                .quiet(call.flag("q"))
                .noCache(call.flag("nocache"))
                .pull(call.flag("pull"))
                .memory(number(call, "memory"))
                .memorySwap(number(call, "memswap"))
                .cpuShares(number(call, "cpushares"))
                .cpuPeriod(number(call, "cpuperiod"))
                .cpuQuota(number(call, "cpuquota"))
                .cpusetCpus(call.text("cpusetcpus", ""))
                .cpusetMems(call.text("cpusetmems", ""))
                .cgroupParent(call.text("cgroupparent", ""))
                .shmSize(number(call, "shmsize"))
                .squash(call.flag("squash"))
                .buildArguments(map(call, "buildargs"))
                .labels(texts(map(call, "labels")))
                .networkMode(call.text("networkmode", ""))
                .platform(call.text("platform", ""))
                .target(call.text("target", ""))
                .outputs(call.text("outputs", ""))
                .extraHosts(hosts(call))
                .ulimits(ulimits(call))
                .buildId(call.text("buildid", ""))
                .logins(logins(call))
                .noCacheFilter(call.query().all("nocachefilter"))
                .contexts(texts(map(call, "contexts")))
                .secrets(BuildEvents.secrets(call))
                .build();
    }

    /** What Docker refuses on Linux: to pass over it would promise more than is kept. */
    private static void refuse(Call call) {
        if (call.query().all("securityopt").stream().anyMatch(option -> !option.isEmpty())) {
            throw NaruException.invalid("security options are not supported on linux");
        }
        String isolation = call.text("isolation", "");
        if (!isolation.isEmpty() && !isolation.equals("default")) {
            throw NaruException.invalid("unsupported isolation: \"" + isolation + "\"");
        }
    }

    /** Header X-Registry-Config: base64url of a JSON object from registry to credentials. */
    private static Map<String, RegistryAuth> logins(Call call) {
        var logins = new LinkedHashMap<String, RegistryAuth>();
        String header = call.request().headers().get("X-Registry-Config", "");
        if (header.isEmpty()) {
            return logins;
        }
        Object parsed;
        try {
            byte[] json = Base64.getDecoder().decode(header.replace('-', '+').replace('_', '/'));
            parsed = Json.read(new String(json, StandardCharsets.UTF_8));
        } catch (RuntimeException malformed) {
            // A client's broken configuration keeps nobody from building on public images.
            return logins;
        }
        if (parsed instanceof Map<?, ?> registries) {
            registries.forEach((host, given) -> {
                if (given instanceof Map<?, ?> login) {
                    logins.put(
                            String.valueOf(host),
                            new RegistryAuth(
                                    text(login, "username"),
                                    text(login, "password"),
                                    text(login, "auth"),
                                    text(login, "email"),
                                    String.valueOf(host),
                                    text(login, "identitytoken"),
                                    text(login, "registrytoken")));
                }
            });
        }
        return logins;
    }

    private static @Nullable String text(Map<?, ?> login, String name) {
        Object value = login.get(name);
        return value == null ? null : value.toString();
    }

    private static long number(Call call, String name) {
        String value = call.text(name);
        try {
            return value == null ? 0 : Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw NaruException.invalid("strconv.ParseInt: parsing \"" + value + "\": invalid syntax");
        }
    }

    private static Map<String, @Nullable String> map(Call call, String name) {
        var map = new LinkedHashMap<String, @Nullable String>();
        if (parsed(call, name) instanceof Map<?, ?> given) {
            given.forEach((key, value) -> map.put(String.valueOf(key), value == null ? null : String.valueOf(value)));
        }
        return map;
    }

    private static Map<String, String> texts(Map<String, @Nullable String> map) {
        var texts = new LinkedHashMap<String, String>();
        map.forEach((key, value) -> texts.put(key, value == null ? "" : value));
        return texts;
    }

    static @Nullable Object parsed(Call call, String name) {
        String value = call.text(name);
        if (value == null || value.isEmpty()) {
            return null;
        }
        try {
            return Json.read(value);
        } catch (RuntimeException malformed) {
            throw NaruException.invalid("error reading " + name + ": invalid JSON");
        }
    }

    private static List<String> hosts(Call call) {
        var hosts = new ArrayList<String>();
        for (String each : call.query().all("extrahosts")) {
            if (each.startsWith("[")) {
                if (Json.read(each) instanceof List<?> list) {
                    list.forEach(host -> hosts.add(String.valueOf(host)));
                }
            } else if (!each.isEmpty()) {
                hosts.addAll(List.of(each.split(",")));
            }
        }
        return hosts;
    }

    private static List<Ulimit> ulimits(Call call) {
        var limits = new ArrayList<Ulimit>();
        if (parsed(call, "ulimits") instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> limit) {
                    limits.add(new Ulimit(
                            String.valueOf(limit.get("Name")), number(limit.get("Soft")), number(limit.get("Hard"))));
                }
            }
        }
        return limits;
    }

    private static long number(@Nullable Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    static void prune(Call call) throws IOException {
        long keep = Math.max(number(call, "keep-storage"), number(call, "reserved-space"));
        var bounds = new CacheBounds(keep, number(call, "max-used-space"), number(call, "min-free-space"));
        call.json(200, call.engine().builds().prune(call.flag("all"), bounds, call.filters()));
    }

    static void cancel(Call call) throws IOException {
        String id = call.text("id");
        if (id == null || id.isEmpty()) {
            throw NaruException.invalid("build ID not provided");
        }
        call.engine().builds().cancel(id);
        call.empty(200);
    }
}

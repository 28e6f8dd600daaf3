package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.CdiDevices;
import dev.naru.runtime.CdiName;
import dev.naru.wire.DeviceRequest;
import dev.naru.wire.DeviceRequestBuilder;
import dev.naru.wire.HostConfig;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Requests for devices that are described by the Container Device Interface ({@code Driver} is {@code cdi}, or graphics). */
final class CdiRequests {
    private static final String DRIVER = "cdi";
    private static final List<String> KINDS = List.of("nvidia.com/gpu", "amd.com/gpu");

    /** What a vendor's files give together with the device. */
    private static final Set<String> GRAPHICS =
            Set.of("gpu", "nvidia", "amd", "compute", "compat32", "graphics", "utility", "video", "display", "ngx");

    private CdiRequests() {}

    /** Whether files of vendors can answer it: also {@code --gpus}, which names no driver, as dockerd has it. */
    static boolean is(DeviceRequest request) {
        return isNamed(request) || isGraphics(request);
    }

    private static boolean isNamed(DeviceRequest request) {
        return Values.text(request.driver()).equals(DRIVER);
    }

    private static boolean isGraphics(DeviceRequest request) {
        String driver = Values.text(request.driver());
        return (driver.isEmpty() || driver.equals("nvidia"))
                && Values.list(request.capabilities()).stream()
                        .anyMatch(all -> all.contains("gpu") && GRAPHICS.containsAll(all));
    }

    /**
     * The devices' full names.
     *
     * @throws NaruException NOT_SUPPORTED with Docker's text for graphics that no file describes
     */
    static List<String> names(HostConfig host, CdiDevices devices) {
        return Values.list(host.deviceRequests()).stream()
                .flatMap(request -> isGraphics(request)
                        ? graphics(request, devices).stream()
                        : isNamed(request) ? Values.list(request.deviceIDs()).stream() : Stream.empty())
                .toList();
    }

    private static List<String> graphics(DeviceRequest request, CdiDevices devices) {
        for (String kind : KINDS) {
            List<String> known = devices.find(kind + "=*").stream()
                    .map(CdiDevices.Known::name)
                    .toList();
            if (!known.isEmpty()) {
                return graphics(request, kind, known);
            }
        }
        throw new NaruException(
                ErrorKind.NOT_SUPPORTED,
                "could not select device driver \"" + Values.text(request.driver()) + "\" with capabilities: "
                        + capabilities(request),
                "no file describes devices of " + String.join(" or ", KINDS),
                "have the vendor's tool describe them, as with: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml",
                null);
    }

    private static List<String> graphics(DeviceRequest request, String kind, List<String> known) {
        List<String> asked = Values.list(request.deviceIDs());
        if (!asked.isEmpty()) {
            return asked.stream().map(each -> kind + "=" + each).toList();
        }
        long count = Values.number(request.count());
        if (count >= 0) {
            return LongStream.range(0, count)
                    .mapToObj(each -> kind + "=" + each)
                    .toList();
        }
        return known.contains(kind + "=all") ? List.of(kind + "=all") : known;
    }

    private static String capabilities(DeviceRequest request) {
        return Values.list(request.capabilities()).stream()
                .map(all -> "[" + String.join(" ", all) + "]")
                .collect(Collectors.joining(" ", "[", "]"));
    }

    /** @throws dev.naru.error.NaruException INVALID for what is no name of a device, or no device at all */
    static void check(DeviceRequest request) {
        if (!is(request)) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "could not select device driver \"" + Values.text(request.driver()) + "\" with capabilities: "
                            + capabilities(request));
        }
        if (isNamed(request)) {
            Values.list(request.deviceIDs()).forEach(CdiName::require);
        }
    }

    static List<DeviceRequest> of(List<String> names) {
        return names.isEmpty()
                ? List.of()
                : List.of(DeviceRequestBuilder.builder()
                        .driver(DRIVER)
                        .deviceIDs(names)
                        .build());
    }
}

package dev.naru.engine;

import dev.naru.runtime.CdiName;
import dev.naru.wire.DeviceRequest;
import dev.naru.wire.DeviceRequestBuilder;
import dev.naru.wire.HostConfig;
import java.util.List;

/** Requests for devices that are described by the Container Device Interface ({@code Driver} is {@code cdi}). */
final class CdiRequests {
    private static final String DRIVER = "cdi";

    private CdiRequests() {}

    static boolean is(DeviceRequest request) {
        return Values.text(request.driver()).equals(DRIVER);
    }

    /** The devices' full names. */
    static List<String> names(HostConfig host) {
        return Values.list(host.deviceRequests()).stream()
                .filter(CdiRequests::is)
                .flatMap(request -> Values.list(request.deviceIDs()).stream())
                .toList();
    }

    /** @throws dev.naru.error.NaruException INVALID for what is no name of a device */
    static void check(DeviceRequest request) {
        Values.list(request.deviceIDs()).forEach(CdiName::require);
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

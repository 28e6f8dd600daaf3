package dev.naru.network;

import dev.naru.network.EndpointSpec.PortRequest;
import java.util.List;

/**
 * The host's address for ports that are published without one: a network's option.
 *
 * @param address empty for all addresses
 */
record BindAddress(String address) {
    static final String OPTION = "com.docker.network.bridge.host_binding_ipv4";

    static BindAddress of(NetworkSpec network) {
        String asked = network.options().getOrDefault(OPTION, "");
        return new BindAddress(asked.equals("0.0.0.0") ? "" : asked);
    }

    List<PortRequest> applied(List<PortRequest> requests) {
        return address.isEmpty()
                ? requests
                : requests.stream().map(this::applied).toList();
    }

    private PortRequest applied(PortRequest request) {
        return request.hostAddress().isEmpty()
                ? new PortRequest(
                        request.containerPort(),
                        request.protocol(),
                        address,
                        request.hostPortFirst(),
                        request.hostPortLast())
                : request;
    }
}

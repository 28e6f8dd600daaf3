package dev.naru.network;

import dev.naru.linux.LinkBatch;
import dev.naru.linux.NetworkNamespace;
import dev.naru.linux.Rtnetlink;
import java.util.Optional;

/** Points the default routes of a container with several networks to one of them. */
public final class SandboxRoutes {
    private SandboxRoutes() {}

    /**
     * Replaces the default routes.
     *
     * @param four the endpoint whose gateway IPv4 takes
     * @param six the endpoint whose gateway IPv6 takes
     */
    public static void lead(NetworkSandbox sandbox, Optional<Attachment> four, Optional<Attachment> six) {
        if (sandbox instanceof KernelSandbox ours) {
            lead(ours.namespace().rtnetlink(), four, six);
        } else {
            try (NetworkNamespace namespace = NetworkNamespace.open(sandbox.path())) {
                lead(namespace.rtnetlink(), four, six);
            }
        }
    }

    private static void lead(Rtnetlink rtnetlink, Optional<Attachment> four, Optional<Attachment> six) {
        LinkBatch batch = rtnetlink.batch();
        four.ifPresent(endpoint -> route(rtnetlink, batch, endpoint, endpoint.gateway()));
        six.ifPresent(endpoint -> route(rtnetlink, batch, endpoint, endpoint.gateway6()));
        batch.commit();
    }

    private static void route(Rtnetlink rtnetlink, LinkBatch batch, Attachment endpoint, String gateway) {
        rtnetlink
                .link(endpoint.containerInterface())
                .ifPresent(link -> batch.defaultRoute(link.index(), Subnet.literal(gateway)));
    }
}

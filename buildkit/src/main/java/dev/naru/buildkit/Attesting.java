package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.Provenance;
import dev.naru.build.ProvenanceMaterials;
import dev.naru.build.SoftwareBill;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.image.Attestation;
import dev.naru.linux.FileCalls;
import dev.naru.oci.Platform;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says about the results of a build what its client wants said. */
final class Attesting {
    private final Build build;
    private final Attestations wanted;

    Attesting(Build build, Attestations wanted) {
        this.build = requireNonNull(build, "build");
        this.wanted = requireNonNull(wanted, "wanted");
    }

    List<Exports.Solved> of(List<Exports.Solved> solved) throws InterruptedException {
        List<Exports.Solved> all = new ArrayList<>();
        for (Exports.Solved each : solved) {
            all.add(new Exports.Solved(each.name(), each.tree(), each.chain(), each.result(), said(each)));
        }
        return all;
    }

    private List<Attestation> said(Exports.Solved solved) throws InterruptedException {
        List<Attestation> all = new ArrayList<>();
        Vertex.Input root = solved.result().root();
        if (wanted.bill() && root != null) {
            long created = build.session().newest();
            all.add(build.work().visit(root, tree -> SoftwareBill.of(tree, name(), created)));
        }
        Provenance.Order order = wanted.provenance();
        if (order != null) {
            BuildOrigin origin = build.origin();
            var invocation = new Provenance.Invocation(
                    build.reference(),
                    origin.frontend(),
                    origin.attributes(),
                    build.file(),
                    origin.begun(),
                    Instant.now());
            all.add(new Provenance(order, invocation).of(root, new Known()));
        }
        return all;
    }

    private String name() {
        for (Exports.Export each : build.origin().exports()) {
            String names = each.attributes().getOrDefault("name", "");
            if (!names.isEmpty()) {
                return names.split(",", -1)[0];
            }
        }
        return "sbom";
    }

    private final class Known implements ProvenanceMaterials.Digests {
        @Override
        public Optional<String> image(Source source, Platform platform) {
            return Optional.ofNullable(
                    build.work().access().image(source, platform).digest());
        }

        @Override
        public Optional<String> file(Vertex.Input source) throws InterruptedException {
            return build.work().visit(source, tree -> {
                List<String> names = tree.list("");
                return names.size() == 1
                        ? Optional.of(tree.digest(FileCalls.bytes(FileCalls.text(names.getFirst()))))
                        : Optional.<String>empty();
            });
        }
    }
}

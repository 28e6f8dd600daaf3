package dev.naru.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.build.BuildContext;
import dev.naru.build.BuildContextAccess;
import dev.naru.build.DockerfileFrontend;
import dev.naru.build.FrontendOptions;
import dev.naru.build.FrontendOptionsBuilder;
import dev.naru.build.ResolvedImage;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is written of a graph is read as the same graph, so that its steps are found in the cache. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class DefinedGraphTest {
    private static final String DOCKERFILE = """
            FROM busybox AS base
            ARG http_proxy
            ENV A=b
            RUN --mount=type=cache,target=/c,sharing=locked,id=x,uid=5 --mount=type=tmpfs,target=/t,size=10 \\
                --mount=type=secret,id=s,required=true,mode=0440 --mount=type=ssh,uid=7 \\
                --mount=type=secret,id=e,env=E --network=none make
            COPY --chown=5:root --chmod=u+x --exclude=*.o --parents a/./b/*.c /to/
            ADD --checksum=sha256:1111111111111111111111111111111111111111111111111111111111111111 \\
                https://example.com/f.tgz /f
            ADD --keep-git-dir=true https://github.com/a/b.git#v1:sub /git
            COPY --link <<one <<two /docs/
            first
            one
            second
            two
            WORKDIR /work
            FROM scratch AS empty
            FROM base
            COPY --from=empty / /none
            COPY --from=alpine:3 --link --chown=me /x /y
            RUN --mount=type=bind,from=base,source=/docs,target=/docs,rw ls
            """;

    private static final BuildContextAccess ACCESS = new BuildContextAccess() {
        @Override
        public ResolvedImage image(Source source, Platform platform) {
            String digest = "sha256:" + "2".repeat(64);
            return new ResolvedImage(((Source.Image) source).reference(), digest, config());
        }

        @Override
        public Optional<byte[]> file(Vertex.Input tree, String path) {
            return path.endsWith("Dockerfile")
                    ? Optional.of(DOCKERFILE.getBytes(StandardCharsets.UTF_8))
                    : Optional.empty();
        }
    };

    private static ImageConfig config() {
        return ImageConfigs.read("""
                {"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}
                """.getBytes(StandardCharsets.UTF_8));
    }

    private static Vertex.Input graph() {
        FrontendOptions options = FrontendOptionsBuilder.builder(FrontendOptions.defaults())
                .context(new BuildContext.Session("context", "key"))
                .fileContext(new BuildContext.Session("dockerfile", "dockerfile"))
                .buildArguments(Map.of("http_proxy", "http://p"))
                .extraHosts(Map.of("h", "1.2.3.4"))
                .build();
        return new DockerfileFrontend(ACCESS)
                .build(options)
                .platforms()
                .getFirst()
                .root();
    }

    private static Optional<Vertex.Input> read(ProtoWriter definition) throws Exception {
        return LowLevelGraph.read(ProtoFields.of(definition.toBytes()), (tree, path) -> new byte[0]);
    }

    @Test
    void graphIsReadAsItWasWritten() throws Exception {
        same(graph(), read(DefinedGraph.of(graph(), "")).orElseThrow());
    }

    private static void same(Vertex.Input written, Vertex.Input read) {
        assertThat(read.output()).isEqualTo(written.output());
        assertThat(read.vertex().operation()).isEqualTo(written.vertex().operation());
        assertThat(read.vertex().platform()).isEqualTo(written.vertex().platform());
        assertThat(read.vertex().label().name())
                .isEqualTo(written.vertex().label().name());
        List<Vertex.Input> inputs = written.vertex().inputs();
        assertThat(read.vertex().inputs()).hasSameSizeAs(inputs);
        for (int i = 0; i < inputs.size(); i++) {
            same(inputs.get(i), read.vertex().inputs().get(i));
        }
    }

    @Test
    void emptyTreeIsAMergeOfNothing() throws Exception {
        ProtoWriter definition = DefinedGraph.of(null, "");
        assertThat(ProtoFields.of(definition.toBytes()).pieces(1)).hasSize(2);
        assertThat(read(definition)).isEmpty();
    }

    @Test
    void directoriesNameTheSessionThatHasThem() throws Exception {
        var local = new Source.Local("context", List.of(), List.of("*.o"), List.of("a", "b\"c"), "k");
        Vertex.Input root = new Vertex(local, List.of(), null, Vertex.Label.of("load")).output();
        Source.Local read = (Source.Local)
                read(DefinedGraph.of(root, "s1")).orElseThrow().vertex().operation();
        assertThat(read.session()).isEqualTo("s1");
        assertThat(read.followPaths()).isEqualTo(local.followPaths());
        Vertex.Input again = new Vertex(read, List.of(), null, Vertex.Label.of("load")).output();
        assertThat(((Source.Local) read(DefinedGraph.of(again, "s2"))
                                .orElseThrow()
                                .vertex()
                                .operation())
                        .session())
                .isEqualTo("s1");
    }
}

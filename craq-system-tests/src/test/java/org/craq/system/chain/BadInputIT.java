package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.craq.client.FileInfo;
import org.craq.client.MemberInfo;
import org.craq.wire.Errors;
import org.craq.wire.v1.DeleteRequest;
import org.craq.wire.v1.ListFilesRequest;
import org.craq.wire.v1.NodeGrpc;
import org.craq.wire.v1.ReadRequest;
import org.craq.wire.v1.StatRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid requests are answered with the rule that they violate, never with an error of the server. */
@ExtendWith(ChainExtension.class)
class BadInputIT {
    private final TestChain chain;
    private final Rest rest;

    BadInputIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
    }

    static Stream<Arguments> badTargets() {
        return Stream.of(
                Arguments.of("files/" + "n".repeat(1025), "1024 bytes"),
                Arguments.of("files/" + "%F0%9F%98%80".repeat(257), "1024 bytes"),
                Arguments.of("files/a%01b", "control character"),
                Arguments.of("files/a%0Ab", "control character"),
                Arguments.of("files/a%0D%0AX-Injected:%20yes", "control character"),
                Arguments.of("files/a%7Fb", "control character"),
                Arguments.of("files/a%C2%85b", "control character"),
                Arguments.of("files/a%00b", "control character"),
                Arguments.of("files/%2E", "'.'"),
                Arguments.of("files/%2E%2E", "'..'"),
                Arguments.of("files/a/%2E%2E/b", "'..'"),
                Arguments.of("files/a/%2e/b", "'.'"),
                Arguments.of("files/%2E%2E%2F%2E%2E%2Fetc", "'..'"),
                Arguments.of("files/a%2F..%2Fb", "'..'"),
                Arguments.of("files/a%2F%2Fb", "'//'"),
                Arguments.of("files/a/", "end with '/'"),
                Arguments.of("files/%2Fa", "begin or end with '/'"));
    }

    @ParameterizedTest
    @MethodSource("badTargets")
    void aNameThatBreaksARuleIsRefusedWithTheRule(String target, String rule) {
        URI uri = URI.create(chain.headUrl() + "/v1/" + target);
        for (String method : List.of("GET", "PUT", "DELETE")) {
            Rest.Answer answer = rest.send(method, uri, new byte[] {1});

            assertProblem(answer, method + " " + target);
            assertThat(answer.text()).as("%s %s", method, target).contains(rule);
        }
        assertThat(rest.head(uri).status()).isEqualTo(400);
    }

    static Stream<Arguments> badQueries() {
        return Stream.of(
                Arguments.of("files?limit=0", "1 and 1000"),
                Arguments.of("files?limit=1001", "1 and 1000"),
                Arguments.of("files?limit=-1", "1 and 1000"),
                Arguments.of("files?limit=ten", "number"),
                Arguments.of("files?limit=", "number"),
                Arguments.of("files?limit=99999999999", "limit"),
                Arguments.of("files?cursor=!", "cursor"),
                Arguments.of("files?cursor=a", "cursor"),
                Arguments.of("files?cursor=_w", "cursor"),
                Arguments.of("files?prefix=%00", "control character"),
                Arguments.of("files?delimiter=%00", "delimiter"),
                Arguments.of("files?delimiter=12345678901234567", "delimiter"),
                Arguments.of("files/a?versions&limit=0", "1 and 1000"),
                Arguments.of("files/a?versions&cursor=x", "cursor"),
                Arguments.of("files/a?version=1", "epoch-seq"),
                Arguments.of("files/a?version=", "epoch-seq"),
                Arguments.of("files/a?version=x-y", "epoch-seq"),
                Arguments.of("files/a?version=-1-2", "epoch-seq"),
                Arguments.of("files/a?version=1-9999999999999999999", "epoch-seq"));
    }

    @ParameterizedTest
    @MethodSource("badQueries")
    void aQueryThatBreaksARuleIsRefusedWithTheRule(String target, String rule) {
        for (String node : TestChain.NODES) {
            Rest.Answer answer = rest.get(URI.create(chain.cluster().nodeUrl(node) + "/v1/" + target));

            assertProblem(answer, node + " " + target);
            assertThat(answer.text()).contains(rule);
        }
    }

    static Stream<Arguments> badHeaders() {
        return Stream.of(
                Arguments.of("If-Match", "1-2", "If-Match"),
                Arguments.of("If-Match", "\"1-2\" \"1-3\"", "If-Match"),
                Arguments.of("If-None-Match", "1-2", "If-None-Match"),
                Arguments.of("Idempotency-Key", "again", "UUID"));
    }

    @ParameterizedTest
    @MethodSource("badHeaders")
    void aHeaderThatBreaksARuleIsRefusedWithTheRule(String header, String value, String rule) {
        Rest.Answer answer = rest.put(Rest.file(chain.headUrl(), "bad/header"), new byte[] {1}, header, value);

        assertProblem(answer, header + ": " + value);
        assertThat(answer.text()).contains(rule);
        assertThat(rest.get(Rest.file(chain.headUrl(), "bad/header")).status()).isEqualTo(404);
    }

    /** The server itself answers some of these before the application sees them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/files/%zz",
                "/v1/files/a%",
                "/v1/files/a%2",
                "/v1/files/%FF",
                "/v1/files/%ED%A0%80",
                "/v1/files/a/../b",
                "/v1/files/a/./b",
                "/v1/files/..",
                "/v1/files//a",
                "/v1/files/a//b",
                "/v1/files/..%5Cb/..",
                "/v1/files/\u00e4",
                "/v1/files?limit=%zz",
                "/v1/files/a?version=%",
                "/v1/",
                "/v1/nothing",
                "/v2/files",
                "/"
            })
    void aTargetThatNoClientWouldSendIsNoFaultOfTheServer(String target) throws IOException {
        for (String url : List.of(chain.headUrl(), chain.cluster().managerUrl())) {
            for (String method : List.of("GET", "PUT", "DELETE", "POST")) {
                String answer = RawHttp.request(url, method, target);

                assertThat(RawHttp.status(answer))
                        .as("%s %s\n%s", method, target, answer)
                        .isLessThan(500);
                assertNothingInternal(answer);
            }
        }
        assertThat(chain.client().listAll("")).extracting(FileInfo::name).doesNotContain("b", "a", "../b");
    }

    @Test
    void anEmptyNameIsRefusedByWriting() {
        URI nameless = URI.create(chain.headUrl() + "/v1/files/");
        assertThat(rest.put(nameless, new byte[] {1}).status()).isBetween(400, 499);
        assertThat(rest.delete(nameless).status()).isBetween(400, 499);
        assertThat(rest.send("POST", nameless, new byte[] {1}).status()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a//b", ".", "a/../b", "a\u0000b", "a\nb"})
    void aNameThatBreaksARuleIsRefusedByEachCall(String name) {
        NodeGrpc.NodeBlockingStub head =
                NodeGrpc.newBlockingStub(chain.headChannel()).withDeadlineAfter(20, TimeUnit.SECONDS);
        assertInvalid(
                "name", () -> head.stat(StatRequest.newBuilder().setName(name).build()));
        assertInvalid(
                "name",
                () -> head.delete(DeleteRequest.newBuilder().setName(name).build()));
        assertInvalid("name", () -> head.streamRead(
                        ReadRequest.newBuilder().setName(name).build())
                .next());
    }

    @Test
    void aListingThatBreaksARuleIsRefusedByTheCall() {
        for (MemberInfo member : chain.client().chain().members()) {
            NodeGrpc.NodeBlockingStub node =
                    NodeGrpc.newBlockingStub(chain.channel(member)).withDeadlineAfter(20, TimeUnit.SECONDS);
            assertInvalid(
                    "limit",
                    () -> node.listFiles(
                            ListFilesRequest.newBuilder().setLimit(1001).build()));
            assertInvalid(
                    "limit",
                    () -> node.listFiles(
                            ListFilesRequest.newBuilder().setLimit(-1).build()));
            assertInvalid(
                    "cursor",
                    () -> node.listFiles(
                            ListFilesRequest.newBuilder().setCursor("!").build()));
            assertInvalid(
                    "write id",
                    () -> node.delete(DeleteRequest.newBuilder()
                            .setName("a")
                            .setWriteId("no uuid")
                            .build()));
        }
    }

    private static void assertInvalid(String rule, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(failure.getStatus().getDescription()).contains(rule);
            assertThat(failure.getTrailers()).isNotNull();
            assertThat(failure.getTrailers().get(Errors.CODE)).isEqualTo("INVALID_ARGUMENT");
            assertNothingInternal(failure.getStatus().getDescription());
        });
    }

    private static void assertProblem(Rest.Answer answer, String what) {
        assertThat(answer.status()).as("%s\n%s", what, answer.text()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).as(what).isEqualTo("application/problem+json");
        assertThat(answer.headers().firstValue("X-Injected")).isEmpty();
        assertNothingInternal(answer.text());
    }

    private static void assertNothingInternal(String answer) {
        assertThat(answer).doesNotContain("Exception", "org.craq", "\tat ", "SELECT ", "jboss");
    }
}

package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.craq.client.DeleteOptions;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.client.VersionInfo;
import org.craq.client.VersionOptions;
import org.craq.client.VersionPage;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** New versions replace old ones, which stay readable; deleted files are gone; and a repeated write is one write. */
@ExtendWith(ChainExtension.class)
class VersionsIT {
    private final TestChain chain;
    private final Rest rest;

    VersionsIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
    }

    @Test
    void anOldVersionIsReadableAfterItWasReplaced() throws IOException {
        Receipt old = put("versions/replaced", 1);
        Receipt newer = put("versions/replaced", 2);
        assertThat(newer.version()).isGreaterThan(old.version());

        for (String node : TestChain.NODES) {
            GetOptions there = GetOptions.defaults().withNode(node);
            assertThat(read("versions/replaced", there)).containsExactly(2);
            assertThat(read("versions/replaced", there.withVersion(old.version())))
                    .containsExactly(1);
            Rest.Answer byRest = rest.get(URI.create(at(node, "versions/replaced") + "?version=" + old.version()));
            assertThat(byRest.body()).containsExactly(1);
            assertThat(byRest.header("ETag")).isEqualTo("\"" + old.version() + "\"");
        }
    }

    @Test
    void aVersionOfAnotherFileOrOfTheFutureIsNotFound() throws IOException {
        Receipt other = put("versions/other", 1);
        put("versions/mine", 2);
        String future = other.version().epoch() + "-" + (other.version().seq() + 1_000_000);

        for (String version : List.of(other.version().toString(), future, "0-1")) {
            Rest.Answer answer = rest.get(URI.create(at("n2", "versions/mine") + "?version=" + version));
            assertThat(answer.status()).as(version).isEqualTo(404);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        }
    }

    @Test
    void theVersionsOfAFileAreListedNewestFirst() throws IOException {
        String name = "versions/list ed";
        List<String> written = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            written.add(0, put(name, i).version().toString());
        }
        written.add(0, chain.client().delete(name).version().toString());
        written.add(0, put(name, 4).version().toString());

        for (String node : TestChain.NODES) {
            VersionPage page =
                    chain.client().versions(name, VersionOptions.all().withNode(node));
            assertThat(page.versions())
                    .extracting(version -> version.file().version().toString())
                    .isEqualTo(written);
            assertThat(page.versions())
                    .extracting(VersionInfo::deleted)
                    .containsExactly(false, true, false, false, false);
            assertThat(versions(node, name, "")).isEqualTo(written);
        }
        assertThat(pages(name, 2)).isEqualTo(written);
        assertThat(pages(name, 5)).isEqualTo(written);
    }

    private List<String> pages(String name, int limit) {
        List<String> versions = new ArrayList<>();
        Optional<URI> next =
                Optional.of(URI.create(Rest.file(chain.cluster().nodeUrl("n2"), name) + "?versions&limit=" + limit));
        while (next.isPresent()) {
            Rest.Answer page = rest.get(next.get());
            versions.addAll(versions(page));
            next = Rest.nextPage(next.get(), page);
            assertThat(page.json().get("nextCursor").getAsString().isEmpty()).isEqualTo(next.isEmpty());
        }
        return versions;
    }

    private List<String> versions(String node, String name, String query) {
        Rest.Answer answer = rest.get(URI.create(Rest.file(chain.cluster().nodeUrl(node), name) + "?versions" + query));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.header("X-Craq-Session")).isNotEmpty();
        return versions(answer);
    }

    private static List<String> versions(Rest.Answer page) {
        return page.json().getAsJsonArray("versions").asList().stream()
                .map(version -> version.getAsJsonObject().get("version").getAsString())
                .toList();
    }

    @Test
    void aFileThatNeverWasHasNoVersions() {
        assertThat(rest.get(URI.create(at("n2", "versions/no-such") + "?versions"))
                        .status())
                .isEqualTo(404);
        assertNotFound(() -> chain.client().versions("versions/no-such", VersionOptions.all()));
    }

    @Test
    void aDeletedFileIsGoneEverywhereAndItsNameCanBeUsedAgain() throws IOException {
        Receipt first = put("versions/deleted", 1);
        Receipt tombstone = chain.client().delete("versions/deleted");
        assertThat(tombstone.version()).isGreaterThan(first.version());

        for (String node : TestChain.NODES) {
            Rest.Answer gone = rest.get(at(node, "versions/deleted"));
            assertThat(gone.status()).as(node).isEqualTo(404);
            assertThat(gone.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(rest.head(at(node, "versions/deleted")).status()).isEqualTo(404);
            assertNotFound(() -> chain.client()
                    .stat("versions/deleted", GetOptions.defaults().withNode(node)));
            assertThat(Rest.names(
                            rest.get(URI.create(chain.cluster().nodeUrl(node) + "/v1/files?prefix=versions/deleted"))))
                    .isEmpty();
        }
        assertNotFound(() -> chain.client().delete("versions/deleted"));
        assertThat(rest.delete(Rest.file(chain.headUrl(), "versions/deleted")).status())
                .isEqualTo(404);

        Rest.Answer again = rest.put(Rest.file(chain.headUrl(), "versions/deleted"), new byte[] {3});
        assertThat(again.status()).isEqualTo(201);
        for (String node : TestChain.NODES) {
            assertThat(rest.get(at(node, "versions/deleted")).body()).containsExactly(3);
            assertThat(rest.get(URI.create(at(node, "versions/deleted") + "?version=" + first.version()))
                            .body())
                    .containsExactly(1);
        }
    }

    @Test
    void aFileThatNeverWasIsNotFound() {
        for (String node : TestChain.NODES) {
            assertThat(rest.get(at(node, "versions/never")).status()).isEqualTo(404);
        }
        assertNotFound(() -> chain.client().stat("versions/never"));
    }

    @Test
    void theSameWriteIdIsTheSameWrite() throws IOException {
        UUID id = UUID.randomUUID();
        Receipt first = chain.client()
                .put("versions/once", content(1), PutOptions.defaults().withWriteId(id));
        Receipt between = put("versions/once", 2);

        Receipt again = chain.client()
                .put("versions/once", content(1), PutOptions.defaults().withWriteId(id));

        assertThat(again.version()).isEqualTo(first.version());
        assertThat(read("versions/once", GetOptions.defaults())).containsExactly(2);
        assertThat(chain.client().stat("versions/once").version()).isEqualTo(between.version());
    }

    @Test
    void theSameIdempotencyKeyIsTheSameWriteAlsoForDeletes() throws IOException {
        String key = UUID.randomUUID().toString();
        URI file = Rest.file(chain.headUrl(), "versions/key");
        Rest.Answer first = rest.put(file, new byte[] {1}, "Idempotency-Key", key);
        Rest.Answer again = rest.put(file, new byte[] {1}, "Idempotency-Key", key);
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag")).isNotEmpty();

        UUID deletion = UUID.randomUUID();
        Receipt deleted =
                chain.client().delete("versions/key", DeleteOptions.defaults().withWriteId(deletion));
        Receipt repeated =
                chain.client().delete("versions/key", DeleteOptions.defaults().withWriteId(deletion));
        assertThat(repeated.version()).isEqualTo(deleted.version());
    }

    @Test
    void aWriteIdThatNamedAnotherFileIsRefused() throws IOException {
        UUID id = UUID.randomUUID();
        chain.client().put("versions/id-a", content(1), PutOptions.defaults().withWriteId(id));

        assertThatThrownBy(() -> chain.client()
                        .put("versions/id-b", content(1), PutOptions.defaults().withWriteId(id)))
                .isInstanceOfSatisfying(CraqException.class, failure -> assertThat(failure.code())
                        .isEqualTo(ErrorCode.WRITE_ID_REUSED));
        assertNotFound(() -> chain.client().stat("versions/id-b"));
    }

    @Test
    void typeAndUserMetadataStayWithTheVersion() throws IOException {
        chain.client()
                .put(
                        "versions/described",
                        content(1),
                        PutOptions.defaults()
                                .withContentType("text/plain;charset=utf-8")
                                .withUserMetadata(Map.of("origin", "here", "quote", "\"\\")));
        for (String node : TestChain.NODES) {
            FileInfo info = chain.client()
                    .stat("versions/described", GetOptions.defaults().withNode(node));
            assertThat(info.contentType()).isEqualTo("text/plain;charset=utf-8");
            assertThat(info.userMetadata()).isEqualTo(Map.of("origin", "here", "quote", "\"\\"));
            Rest.Answer byRest = rest.get(at(node, "versions/described"));
            assertThat(byRest.header("Content-Type")).isEqualTo("text/plain;charset=utf-8");
            assertThat(byRest.header("X-Craq-Meta-Origin")).isEqualTo("here");
            assertThat(byRest.header("X-Craq-Node")).isEqualTo(node);
        }
    }

    private static void assertNotFound(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CraqException.class, failure -> assertThat(failure.code())
                .isEqualTo(ErrorCode.NOT_FOUND));
    }

    private Receipt put(String name, int value) throws IOException {
        return chain.client().put(name, content(value));
    }

    private static ByteArrayInputStream content(int value) {
        return new ByteArrayInputStream(new byte[] {(byte) value});
    }

    private byte[] read(String name, GetOptions options) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        chain.client().get(name, target, options);
        return target.toByteArray();
    }

    private URI at(String node, String name) {
        return Rest.file(chain.cluster().nodeUrl(node), name);
    }
}

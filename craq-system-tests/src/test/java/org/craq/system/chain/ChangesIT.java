package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.craq.client.CopyOptions;
import org.craq.client.CraqClient;
import org.craq.client.DeleteOptions;
import org.craq.client.FileInfo;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.Precondition;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.client.Transaction;
import org.craq.client.VersionInfo;
import org.craq.client.VersionOptions;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies, moves and transactions, by the client and by REST. */
@ExtendWith(ChainExtension.class)
class ChangesIT {
    private static final byte[] CONTENT = RandomBytes.array(71, (2 << 20) + 77);

    private final TestChain chain;
    private final Rest rest;
    private final CraqClient client;

    ChangesIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
        this.client = chain.client();
    }

    private Receipt put(String name, byte[] content) {
        try {
            return client.put(
                    name,
                    new ByteArrayInputStream(content),
                    PutOptions.defaults().withContentType("text/x-test").withUserMetadata(Map.of("by", "test")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertHolds(String name, byte[] content) {
        for (String node : TestChain.NODES) {
            Rest.Answer answer = rest.get(at(node, name));
            assertThat(answer.status()).as(name + " on " + node).isEqualTo(200);
            assertThat(Digest.of(answer.body())).as(name + " on " + node).isEqualTo(Digest.of(content));
        }
    }

    private void assertGone(String name) {
        for (String node : TestChain.NODES) {
            assertThat(rest.get(at(node, name)).status())
                    .as(name + " on " + node)
                    .isEqualTo(404);
        }
    }

    private URI at(String node, String name) {
        return Rest.file(chain.members().get(node), name);
    }

    private static void assertFails(ErrorCode code, Runnable step) {
        assertThatThrownBy(step::run).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void aCopyIsAFileOfItsOwnAndTakesNoSpace() {
        put("copy/source", CONTENT);
        Map<String, Long> before = chain.storedBytes();
        Receipt receipt = client.copy("copy/source", "copy/target");
        assertThat(receipt.length()).isEqualTo(CONTENT.length);
        assertThat(chain.storedBytes()).isEqualTo(before);
        assertHolds("copy/target", CONTENT);
        FileInfo copied = client.stat("copy/target");
        assertThat(copied.contentType()).isEqualTo("text/x-test");
        assertThat(copied.userMetadata()).containsEntry("by", "test");

        client.delete("copy/source");
        assertGone("copy/source");
        assertHolds("copy/target", CONTENT);
    }

    @Test
    void anOldVersionComesBackUnderItsOwnNameAndLabelsChangeWithoutBytes() {
        FileVersion first = put("revert", new byte[] {1}).version();
        put("revert", new byte[] {2});
        client.copy("revert", "revert", CopyOptions.defaults().withSourceVersion(first));
        assertHolds("revert", new byte[] {1});
        client.copy("revert", "revert", CopyOptions.defaults().withLabels("text/other", Map.of("changed", "yes")));
        assertThat(client.stat("revert").contentType()).isEqualTo("text/other");
        assertThat(client.stat("revert").userMetadata()).isEqualTo(Map.of("changed", "yes"));
        assertHolds("revert", new byte[] {1});
    }

    @Test
    void anOldVersionIsDeletedByItselfAndNoNodeShowsItFromThenOn() {
        List<FileVersion> versions = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            versions.add(put("by version", new byte[] {(byte) i}).version());
        }
        DeleteOptions second =
                DeleteOptions.defaults().withVersion(versions.get(1)).withWriteId(UUID.randomUUID());
        Receipt receipt = client.delete("by version", second);
        assertThat(receipt.name()).isEqualTo("by version");
        for (String node : TestChain.NODES) {
            for (int i = 0; i < 4; i++) {
                Rest.Answer answer = rest.get(URI.create(at(node, "by version") + "?version=" + versions.get(i)));
                assertThat(answer.status()).as(answer.text()).isEqualTo(i == 1 ? 410 : 200);
            }
            assertThat(client.versions("by version", VersionOptions.all().withNode(node))
                            .versions())
                    .extracting(VersionInfo::readable)
                    .containsExactly(true, true, false, true);
        }
        assertThat(client.delete("by version", second)).isEqualTo(receipt);
        assertFails(
                ErrorCode.VERSION_PRUNED,
                () -> client.delete("by version", DeleteOptions.defaults().withVersion(versions.get(1))));
        assertFails(
                ErrorCode.VERSION_PRUNED,
                () -> client.copy(
                        "by version", "of a deleted", CopyOptions.defaults().withSourceVersion(versions.get(1))));
        assertHolds("by version", new byte[] {3});
    }

    @Test
    void theNewestVersionIsNotDeletedByItself() {
        FileVersion only = put("newest", new byte[] {1}).version();
        DeleteOptions options = DeleteOptions.defaults().withVersion(only);
        assertFails(ErrorCode.CHANGE_REFUSED, () -> client.delete("newest", options));
        assertFails(ErrorCode.NOT_FOUND, () -> client.delete("newest, never written", options));
        FileVersion never = new FileVersion(only.epoch(), only.seq() + 1_000_000);
        assertFails(
                ErrorCode.NOT_FOUND,
                () -> client.delete("newest", DeleteOptions.defaults().withVersion(never)));
        assertFails(ErrorCode.INVALID_ARGUMENT, () -> client.delete("newest", options.ifVersion(only)));

        FileVersion tombstone = client.delete("newest").version();
        assertFails(
                ErrorCode.NOT_FOUND,
                () -> client.delete("newest", DeleteOptions.defaults().withVersion(tombstone)));
        client.delete("newest", options);
        assertFails(ErrorCode.VERSION_PRUNED, () -> client.delete("newest", options));
    }

    @ParameterizedTest
    @CsvSource({
        "'?version=OLD', , 200",
        "'?version=OLD', '\"OLD\"', 200",
        "'?version=OLD', *, 200",
        "'?version=OLD', '\"NEW\"', 412",
        "'?version=NEW', , 409",
        "'?version=1', , 400",
        "'?version=', , 400",
        "'?version=1-999999999', , 404"
    })
    void byRestAnOldVersionHasAnAddressToDelete(String query, String ifMatch, int status) {
        String old = put("rest/versions", new byte[] {1}).version().toString();
        String newest = put("rest/versions", new byte[] {2}).version().toString();
        String[] headers = ifMatch == null
                ? new String[0]
                : new String[] {"If-Match", ifMatch.replace("OLD", old).replace("NEW", newest)};
        Rest.Answer answer = rest.delete(
                URI.create(Rest.file(chain.headUrl(), "rest/versions")
                        + query.replace("OLD", old).replace("NEW", newest)),
                headers);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(rest.get(URI.create(at("n2", "rest/versions") + "?version=" + old))
                        .status())
                .isEqualTo(status == 200 ? 410 : 200);
        assertHolds("rest/versions", new byte[] {2});
    }

    @Test
    void anEmptyFileCanBeCopied() {
        put("copy/empty", new byte[0]);
        client.copy("copy/empty", "copy/empty too");
        assertHolds("copy/empty too", new byte[0]);
    }

    @Test
    void aMoveThatIsRepeatedIsDoneOnceAndItsSourceMayComeAgain() {
        put("move/source", CONTENT);
        CopyOptions options = CopyOptions.defaults().withWriteId(UUID.randomUUID());
        Receipt moved = client.move("move/source", "move/target", options);
        assertGone("move/source");
        assertHolds("move/target", CONTENT);
        assertThat(client.move("move/source", "move/target", options)).isEqualTo(moved);

        put("move/source", new byte[] {5});
        assertThat(client.move("move/source", "move/target", options)).isEqualTo(moved);
        assertHolds("move/source", new byte[] {5});
        assertHolds("move/target", CONTENT);
    }

    @Test
    void conditionsAreOnTheTargetAndNothingHappensWhenOneFails() {
        put("cond/source", new byte[] {1});
        FileVersion target = put("cond/target", new byte[] {2}).version();
        CopyOptions absent = CopyOptions.defaults().ifAbsent();
        assertFails(ErrorCode.PRECONDITION_FAILED, () -> client.copy("cond/source", "cond/target", absent));
        assertFails(ErrorCode.PRECONDITION_FAILED, () -> client.move("cond/source", "cond/target", absent));
        assertFails(ErrorCode.NOT_FOUND, () -> client.copy("cond/none", "cond/target"));
        assertFails(ErrorCode.NOT_FOUND, () -> client.move("cond/none", "cond/target"));
        assertFails(ErrorCode.INVALID_ARGUMENT, () -> client.move("cond/source", "cond/source"));
        CopyOptions stale = CopyOptions.defaults().withSourceVersion(target);
        assertFails(ErrorCode.NOT_FOUND, () -> client.copy("cond/source", "cond/target", stale));
        assertHolds("cond/source", new byte[] {1});
        assertHolds("cond/target", new byte[] {2});
        client.move("cond/source", "cond/target", CopyOptions.defaults().ifVersion(target));
        assertHolds("cond/target", new byte[] {1});
    }

    @Test
    void aTransactionIsDoneWholeOrNotAtAll() {
        put("tx/a", new byte[] {1});
        put("tx/b", new byte[] {2});
        FileVersion index = put("tx/index", new byte[] {3}).version();
        List<Receipt> receipts = client.transaction()
                .check("tx/index", new Precondition.IfVersion(index))
                .copy("tx/a", "tx/of a")
                .move("tx/b", "tx/c")
                .delete("tx/a")
                .check("tx/none", new Precondition.IfAbsent())
                .commit();
        assertThat(receipts).extracting(Receipt::name).containsExactly("tx/of a", "tx/c", "tx/a");
        assertThat(receipts)
                .extracting(Receipt::version)
                .containsOnly(receipts.get(0).version());
        assertGone("tx/a");
        assertGone("tx/b");
        assertHolds("tx/of a", new byte[] {1});
        assertHolds("tx/c", new byte[] {2});

        put("tx/index", new byte[] {4});
        Transaction late = client.transaction()
                .check("tx/index", new Precondition.IfVersion(index))
                .delete("tx/c");
        assertFails(ErrorCode.PRECONDITION_FAILED, late::commit);
        assertFails(
                ErrorCode.NOT_FOUND,
                () -> client.transaction().delete("tx/c").delete("tx/a").commit());
        assertFails(ErrorCode.INVALID_ARGUMENT, () -> client.transaction()
                .delete("tx/c")
                .copy("tx/index", "tx/c")
                .commit());
        assertFails(ErrorCode.INVALID_ARGUMENT, () -> client.transaction()
                .check("tx/c", new Precondition.IfPresent())
                .commit());
        assertFails(ErrorCode.PRECONDITION_FAILED, () -> client.transaction()
                .check("tx/none", new Precondition.IfPresent())
                .delete("tx/c")
                .commit());
        assertHolds("tx/c", new byte[] {2});
    }

    @Test
    void twoFilesChangePlaces() {
        put("swap/a", new byte[] {1});
        put("swap/b", new byte[] {2});
        client.transaction().copy("swap/a", "swap/b").copy("swap/b", "swap/a").commit();
        assertHolds("swap/a", new byte[] {2});
        assertHolds("swap/b", new byte[] {1});
    }

    @Test
    void aFileThatIsWrittenMeanwhileIsMovedAsItIsThen() throws Exception {
        put("busy", new byte[] {0});
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 1; i <= 60; i++) {
                put("busy", new byte[] {(byte) i});
            }
        });
        int moved = 0;
        while (!writer.isDone()) {
            try {
                client.move("busy", "busy moved " + moved);
                moved++;
            } catch (CraqException e) {
                assertThat(e.code()).isIn(ErrorCode.NOT_FOUND, ErrorCode.NOT_SERVING);
            }
        }
        writer.get(60, TimeUnit.SECONDS);
        assertThat(moved).isPositive();
        for (int i = 1; i < moved; i++) {
            byte before = bytes("busy moved " + (i - 1))[0];
            assertThat(bytes("busy moved " + i)[0]).as("moved once, in order").isGreaterThan(before);
        }
    }

    private byte[] bytes(String name) throws IOException {
        java.io.ByteArrayOutputStream target = new java.io.ByteArrayOutputStream();
        client.get(name, target, GetOptions.defaults());
        return target.toByteArray();
    }

    @Test
    void byRestACopyIsAPutThatNamesItsSource() {
        put("rest/a b?c", CONTENT);
        String source = Rest.escape("rest/a b?c", "/");
        Rest.Answer copied =
                rest.put(Rest.file(chain.headUrl(), "rest/copy"), new byte[0], "X-Craq-Copy-Source", source);
        assertThat(copied.status()).as(copied.text()).isEqualTo(201);
        assertThat(copied.header("ETag")).isNotEmpty();
        assertHolds("rest/copy", CONTENT);
        assertThat(rest.head(at("n3", "rest/copy")).header("Content-Type")).isEqualTo("text/x-test");

        String version = rest.head(at("n3", "rest/a b?c")).header("X-Craq-Version");
        Rest.Answer old = rest.put(
                Rest.file(chain.headUrl(), "rest/copy"),
                new byte[0],
                "X-Craq-Copy-Source",
                source + "?version=" + version,
                "Content-Type",
                "text/plain",
                "X-Craq-Meta-Seen",
                "yes");
        assertThat(old.status()).as(old.text()).isEqualTo(200);
        assertThat(rest.head(at("n2", "rest/copy")).header("Content-Type")).isEqualTo("text/plain");
        assertThat(rest.head(at("n2", "rest/copy")).header("X-Craq-Meta-Seen")).isEqualTo("yes");

        Rest.Answer moved = rest.put(
                Rest.file(chain.headUrl(), "rest/copy"),
                new byte[0],
                "X-Craq-Move-Source",
                source,
                "If-Match",
                old.header("ETag"));
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        assertGone("rest/a b?c");
        assertHolds("rest/copy", CONTENT);
    }

    @ParameterizedTest
    @CsvSource({
        "X-Craq-Copy-Source, missing, 404",
        "X-Craq-Move-Source, missing, 404",
        "X-Craq-Copy-Source, a//b, 400",
        "X-Craq-Copy-Source, %zz, 400",
        "X-Craq-Copy-Source, a?version=x, 400",
        "X-Craq-Copy-Source, .craq/uploads/x, 400"
    })
    void byRestAWrongSourceIsSaid(String header, String source, int status) {
        Rest.Answer answer = rest.put(Rest.file(chain.headUrl(), "rest/target"), new byte[0], header, source);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void byRestACopyHasNoBody() {
        put("rest/bodyless", new byte[] {1});
        Rest.Answer answer = rest.put(
                Rest.file(chain.headUrl(), "rest/with body"), new byte[] {1}, "X-Craq-Copy-Source", "rest/bodyless");
        assertThat(answer.status()).isEqualTo(400);
        assertGone("rest/with body");
    }

    private Rest.Answer transaction(String json, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = "application/json";
        System.arraycopy(headers, 0, all, 2, headers.length);
        return rest.send(
                "POST", URI.create(chain.headUrl() + "/v1/transactions"), json.getBytes(StandardCharsets.UTF_8), all);
    }

    @Test
    void byRestATransactionIsAListOfSteps() {
        put("json/a", new byte[] {1});
        FileVersion b = put("json/b", new byte[] {2}).version();
        String key = UUID.randomUUID().toString();
        String steps = "{\"steps\": [{\"check\": \"json/none\", \"ifAbsent\": true},"
                + " {\"copy\": \"json/a\", \"to\": \"json/c\", \"contentType\": \"text/plain\"},"
                + " {\"delete\": \"json/b\", \"ifVersion\": \"" + b + "\"},"
                + " {\"move\": \"json/a\", \"to\": \"json/d\"}]}";
        Rest.Answer done = transaction(steps, "Idempotency-Key", key);
        assertThat(done.status()).as(done.text()).isEqualTo(200);
        assertThat(done.header("X-Craq-Session")).isNotEmpty();
        List<String> names = done.json().getAsJsonArray("receipts").asList().stream()
                .map(receipt -> ((JsonObject) receipt).get("name").getAsString())
                .toList();
        assertThat(names).containsExactly("json/c", "json/b", "json/d");
        assertGone("json/a");
        assertGone("json/b");
        assertHolds("json/c", new byte[] {1});
        assertHolds("json/d", new byte[] {1});
        assertThat(transaction(steps, "Idempotency-Key", key).json()).isEqualTo(done.json());
        assertThat(transaction(steps).status()).isEqualTo(404);
    }
}

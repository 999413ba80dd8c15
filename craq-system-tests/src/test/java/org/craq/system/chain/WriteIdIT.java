package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.craq.client.CopyOptions;
import org.craq.client.CraqClient;
import org.craq.client.DeleteOptions;
import org.craq.client.FileVersion;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A write id belongs to one request: repetitions of that request get the same answer, and every other request with the
 * id is refused, by every interface.
 */
@ExtendWith(ChainExtension.class)
class WriteIdIT {
    private static final String KEY = "Idempotency-Key";
    /** Long contents use the content port. */
    private static final int LONG = (3 << 20) + 5;

    private final TestChain chain;
    private final Rest rest;
    private final CraqClient client;
    private final UUID id = UUID.randomUUID();
    private final String key = id.toString();

    WriteIdIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
        this.client = chain.client();
    }

    /** A file that none of the refused requests below may change. */
    @BeforeEach
    void bystander() {
        put(name("other"), new byte[] {9}, PutOptions.defaults());
    }

    /** Returns a name in the test's own folder. */
    private String name(String last) {
        return "id/" + key + "/" + last;
    }

    private Receipt put(String name, byte[] content, PutOptions options) {
        try {
            return client.put(name, new ByteArrayInputStream(content), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Receipt append(String name, byte[] content, PutOptions options) {
        try {
            return client.append(name, new ByteArrayInputStream(content), options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private URI at(String name) {
        return Rest.file(chain.headUrl(), name);
    }

    private Rest.Answer append(String name, byte[] body, String... headers) {
        return rest.send("POST", at(name), body, headers);
    }

    private Rest.Answer transaction(String steps) {
        return rest.send(
                "POST",
                URI.create(chain.headUrl() + "/v1/transactions"),
                ("{\"steps\": [" + steps.replace("id/", name("")) + "]}").getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                "application/json",
                KEY,
                key);
    }

    private static void refused(Rest.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.text()).contains("WRITE_ID_REUSED", "another request");
    }

    private static void refused(Runnable step) {
        assertThatThrownBy(step::run).isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(ErrorCode.WRITE_ID_REUSED));
    }

    private static Rest.Answer done(Rest.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isBetween(200, 201);
        return answer;
    }

    private void refuseEverythingElse() {
        byte[] body = {7};
        FileVersion version = client.stat(name("other")).version();
        refused(rest.put(at(name("other")), body, KEY, key));
        refused(append(name("other"), body, KEY, key));
        refused(rest.delete(at(name("other")), KEY, key));
        refused(rest.put(at(name("third")), new byte[0], KEY, key, "X-Craq-Copy-Source", name("other")));
        refused(rest.put(at(name("third")), new byte[0], KEY, key, "X-Craq-Move-Source", name("other")));
        refused(rest.put(at(name("third")), new byte[0], KEY, key, "X-Craq-Copy-Source", name("nowhere")));
        refused(rest.delete(URI.create(at(name("other")) + "?version=" + version), KEY, key));
        refused(transaction("{\"copy\": \"id/other\", \"to\": \"id/third\"}, {\"delete\": \"id/other\"}"));
        PutOptions same = PutOptions.defaults().withWriteId(id);
        refused(() -> put(name("other"), body, same));
        refused(() -> put(name("other"), new byte[LONG], same));
        refused(() -> append(name("other"), body, same));
        refused(() -> append(name("other"), new byte[LONG], same));
        refused(() -> client.delete(name("other"), DeleteOptions.defaults().withWriteId(id)));
        refused(() ->
                client.copy(name("other"), name("third"), CopyOptions.defaults().withWriteId(id)));
        refused(() ->
                client.move(name("other"), name("third"), CopyOptions.defaults().withWriteId(id)));
        assertThat(rest.get(at(name("other"))).body()).containsExactly(9);
        assertThat(client.stat(name("other")).version()).isEqualTo(version);
        assertThat(rest.get(at(name("third"))).status()).isEqualTo(404);
    }

    @Test
    void byRestAPutIsOneRequestWhateverIsAskedForAfterIt() {
        String[] asked = {KEY, key, "Content-Type", "text/plain", "X-Craq-Meta-By", "me", "If-None-Match", "*"};
        byte[] body = RandomBytes.array(1, LONG);
        Rest.Answer first = done(rest.put(at(name("put")), body, asked));

        byte[] altered = body.clone();
        altered[LONG / 2]++;
        refused(rest.put(at(name("put")), altered, asked));
        refused(rest.put(at(name("put")), Arrays.copyOf(body, 10), asked));
        refused(rest.put(at(name("put")), body, KEY, key, "Content-Type", "text/plain", "X-Craq-Meta-By", "me"));
        refused(rest.put(at(name("put")), body, KEY, key, "X-Craq-Meta-By", "me", "If-None-Match", "*"));
        refused(rest.put(at(name("put")), body, KEY, key, "Content-Type", "text/plain", "If-None-Match", "*"));
        refuseEverythingElse();

        done(rest.put(at(name("put")), new byte[] {2}));
        Rest.Answer again = done(rest.put(at(name("put")), body, asked));
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        // Without a length, the body is sent in chunks.
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
        assertThat(done(rest.put(at(name("put")), chunked, asked)).header("ETag"))
                .isEqualTo(first.header("ETag"));
        assertThat(rest.get(at(name("put"))).body()).containsExactly(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, LONG})
    void aPutByTheClientIsTheSameRequestByRest(int length) {
        byte[] body = RandomBytes.array(2, length);
        PutOptions asked = PutOptions.defaults()
                .withWriteId(id)
                .withContentType("text/plain")
                .withUserMetadata(Map.of("by", "me"));
        Receipt first = put(name("client"), body, asked);
        refuseEverythingElse();
        refused(() -> put(name("client"), body, asked.withContentType("")));
        refused(() -> put(name("client"), body, asked.ifAbsent()));
        refused(() -> append(name("client"), body, asked));

        assertThat(put(name("client"), body, asked)).isEqualTo(first);
        assertThat(put(name("client"), body, asked.withChunkSize(64 << 10))).isEqualTo(first);
        Rest.Answer byRest = done(
                rest.put(at(name("client")), body, KEY, key, "Content-Type", "text/plain", "X-Craq-Meta-By", "me"));
        assertThat(byRest.header("ETag")).isEqualTo("\"" + first.version() + "\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, LONG})
    void anAppendIsKnownByWhatItAppendsNotByTheFileThatItMakes(int length) {
        byte[] tail = RandomBytes.array(3, length);
        put(name("append"), new byte[] {1}, PutOptions.defaults());
        PutOptions asked = PutOptions.defaults().withWriteId(id);
        Receipt first = append(name("append"), tail, asked);
        byte[] altered = tail.clone();
        altered[0]++;
        refused(() -> append(name("append"), altered, asked));
        refused(() -> put(name("append"), tail, asked));
        refuseEverythingElse();

        append(name("append"), new byte[] {4}, PutOptions.defaults());
        assertThat(append(name("append"), tail, asked)).isEqualTo(first);
        assertThat(done(append(name("append"), tail, KEY, key)).header("ETag"))
                .isEqualTo("\"" + first.version() + "\"");
        assertThat(client.stat(name("append")).length()).isEqualTo(length + 2);
    }

    @Test
    void deletionsAreRequestsToo() {
        put(name("delete"), new byte[] {1}, PutOptions.defaults());
        Rest.Answer first = done(rest.delete(at(name("delete")), KEY, key));
        refuseEverythingElse();
        put(name("delete"), new byte[] {2}, PutOptions.defaults());
        refused(rest.delete(at(name("delete")), KEY, key, "If-Match", "*"));
        assertThat(done(rest.delete(at(name("delete")), KEY, key)).text()).isEqualTo(first.text());
        assertThat(rest.get(at(name("delete"))).body()).containsExactly(2);
    }

    @Test
    void soAreDeletionsOfOneVersion() {
        FileVersion old =
                put(name("version"), new byte[] {1}, PutOptions.defaults()).version();
        FileVersion next =
                put(name("version"), new byte[] {2}, PutOptions.defaults()).version();
        put(name("version"), new byte[] {3}, PutOptions.defaults());
        Rest.Answer first = done(rest.delete(URI.create(at(name("version")) + "?version=" + old), KEY, key));
        refused(rest.delete(URI.create(at(name("version")) + "?version=" + next), KEY, key));
        refuseEverythingElse();
        assertThat(done(rest.delete(URI.create(at(name("version")) + "?version=" + old), KEY, key))
                        .text())
                .isEqualTo(first.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Craq-Copy-Source", "X-Craq-Move-Source"})
    void soAreCopiesAndMoves(String header) {
        put(name("source"), new byte[] {1}, PutOptions.defaults());
        Rest.Answer first = done(rest.put(at(name("target")), new byte[0], KEY, key, header, name("source")));
        refused(rest.put(
                at(name("target")), new byte[0], KEY, key, header, name("source"), "Content-Type", "text/plain"));
        refused(rest.put(at(name("target")), new byte[0], KEY, key, header, name("source"), "If-None-Match", "*"));
        refused(rest.put(at(name("target")), new byte[0], KEY, key, header, name("other")));
        refused(rest.put(at(name("target")), new byte[0], KEY, key));
        refuseEverythingElse();
        assertThat(done(rest.put(at(name("target")), new byte[0], KEY, key, header, name("source")))
                        .header("ETag"))
                .isEqualTo(first.header("ETag"));
        CopyOptions asked = CopyOptions.defaults().withWriteId(id);
        Receipt byClient = header.contains("Copy")
                ? client.copy(name("source"), name("target"), asked)
                : client.move(name("source"), name("target"), asked);
        assertThat("\"" + byClient.version() + "\"").isEqualTo(first.header("ETag"));
    }

    @Test
    void ofATransactionEveryStepCounts() {
        put(name("a"), new byte[] {1}, PutOptions.defaults());
        String steps = "{\"check\": \"id/none\", \"ifAbsent\": true}, {\"move\": \"id/a\", \"to\": \"id/b\"}";
        Rest.Answer first = done(transaction(steps));
        refused(transaction("{\"move\": \"id/a\", \"to\": \"id/b\"}"));
        refused(transaction(steps.replace("id/none", "id/nine")));
        refused(transaction(steps.replace("move", "copy")));
        refused(transaction(steps + ", {\"delete\": \"id/other\"}"));
        refuseEverythingElse();
        assertThat(done(transaction(steps)).json()).isEqualTo(first.json());
    }

    @Test
    void whatFailedIsNotRememberedAndItsIdIsFree() {
        assertThat(rest.put(at(name("free")), new byte[] {1}, KEY, key, "If-Match", "*")
                        .status())
                .isEqualTo(412);
        done(rest.put(at(name("free")), new byte[] {2}, KEY, key));
        refused(rest.put(at(name("free")), new byte[] {1}, KEY, key, "If-Match", "*"));
    }

    @Test
    void anUploadInPartsHasAnIdThatNobodyElseCanUse() {
        Tus tus = new Tus(rest, chain.headUrl());
        byte[] content = RandomBytes.array(4, 1000);
        String path = Tus.path(tus.create(name("tus"), content.length));
        assertThat(tus.send(path, 0, content).status()).isEqualTo(204);
        String upload = path.substring(path.lastIndexOf('/') + 1);
        refused(rest.put(at(name("tus")), content, KEY, upload));
        refused(rest.put(at(name("other")), content, KEY, upload));
        // The last part is sent again: tus makes the client query the offset, which shows that the file is complete.
        assertThat(tus.send(path, 0, content).status()).isEqualTo(409);
        assertThat(tus.offset(path)).isEqualTo(content.length);
        assertThat(rest.get(at(name("tus"))).body()).isEqualTo(content);
    }
}

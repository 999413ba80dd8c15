package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.craq.client.CopyOptions;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.ListOptions;
import org.craq.client.ListPage;
import org.craq.client.PutOptions;
import org.craq.client.Transaction;
import org.craq.wire.CraqException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Content types and user metadata are returned as they were given, by every interface; those that could not be are
 * refused by every interface.
 */
@ExtendWith(ChainExtension.class)
class LabelsIT {
    private static final byte[] CONTENT = {1, 2, 3};

    private final TestChain chain;
    private final Rest rest;
    private final CraqClient client;

    LabelsIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
        this.client = chain.client();
    }

    private Rest.Answer head(String node, String name) {
        return rest.head(Rest.file(chain.cluster().nodeUrl(node), name));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private Rest.Answer byTus(String name, String metadata) {
        return new Tus(rest, chain.headUrl())
                .request(
                        "POST",
                        "/v1/uploads/" + name,
                        CONTENT,
                        "Upload-Length",
                        "3",
                        "Content-Type",
                        "Application/Offset+Octet-Stream; charset=x",
                        "Upload-Metadata",
                        metadata);
    }

    private Rest.Answer byTransaction(String labels) {
        String steps = "{\"steps\": [{\"copy\": \"labels/source\", \"to\": \"labels/changed\", " + labels + "}]}";
        return rest.send(
                "POST",
                URI.create(chain.headUrl() + "/v1/transactions"),
                steps.getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                "application/json");
    }

    // ---- content types ----

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/plain; charset=utf-8",
                "text/plain;charset=utf-8",
                "text/html; charset=\"utf-8\"",
                "Text/Plain; Charset=UTF-8; format=flowed",
                "text/plain; charset=utf-8; format=flowed",
                "application/x;a=\"b\\\"c\";d=e",
                "a/b;c=\"d;charset=e f\"; g=h"
            })
    void aContentTypeIsTheSameByGetHeadRangeAndListing(String type) throws IOException {
        rest.put(Rest.file(chain.headUrl(), "labels/type-rest"), CONTENT, "Content-Type", type);
        client.put(
                "labels/type-grpc",
                new ByteArrayInputStream(CONTENT),
                PutOptions.defaults().withContentType(type));
        assertThat(byTus("labels/type-tus", "filetype " + base64(type)).status())
                .isEqualTo(201);

        for (String door : List.of("rest", "grpc", "tus")) {
            String name = "labels/type-" + door;
            for (String node : TestChain.NODES) {
                Rest.Answer whole = rest.get(Rest.file(chain.cluster().nodeUrl(node), name));
                assertThat(whole.body()).isEqualTo(CONTENT);
                assertThat(whole.headers().allValues("Content-Type")).as(name).containsExactly(type);
                assertThat(head(node, name).header("Content-Type")).isEqualTo(type);
                assertThat(rest.get(Rest.file(chain.cluster().nodeUrl(node), name), "Range", "bytes=1-1")
                                .header("Content-Type"))
                        .isEqualTo(type);
                assertThat(rest.get(Rest.file(chain.cluster().nodeUrl(node), name), "Range", "bytes=0-0,2-2")
                                .text())
                        .contains("\r\nContent-Type: " + type + "\r\n");
            }
            assertThat(client.list(ListOptions.prefix(name)).files())
                    .extracting(FileInfo::contentType)
                    .containsExactly(type);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain; charset",
                "text/plain; charset=",
                "text/plain; =x",
                "text/plain; a=\"b",
                "text/plain x"
            })
    void aContentTypeThatIsNoneIsRefusedByEveryDoor(String type) throws IOException {
        rest.put(Rest.file(chain.headUrl(), "labels/source"), CONTENT);

        for (String method : List.of("PUT", "POST")) {
            Rest.Answer answer =
                    rest.send(method, Rest.file(chain.headUrl(), "labels/refused"), CONTENT, "Content-Type", type);
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        }
        assertThat(byTus("labels/refused", "filetype " + base64(type)).status()).isEqualTo(400);
        assertThat(byTransaction("\"contentType\": \"" + type.replace("\"", "\\\"") + "\"")
                        .status())
                .isEqualTo(400);
        assertThatThrownBy(() -> client.put(
                        "labels/refused",
                        new ByteArrayInputStream(CONTENT),
                        PutOptions.defaults().withContentType(type)))
                .isInstanceOf(CraqException.class)
                .hasMessageContaining("media type");
        assertThatThrownBy(() -> client.copy(
                        "labels/source",
                        "labels/refused",
                        CopyOptions.defaults().withLabels(type, Map.of())))
                .isInstanceOf(CraqException.class)
                .hasMessageContaining("media type");
        assertThat(head("n1", "labels/refused").status()).isEqualTo(404);
    }

    // ---- metadata ----

    private static final Map<String, String> TEXTS = Map.of(
            "name", "\u0444\u043e\u0442\u043e \u4e00.jpg",
            "split", "\u010d\u010aX-Split: 1\u010d\u010a",
            "percent", "100% %41 %2541",
            "blanks", "  a  b  ",
            "empty", "",
            "smile", "\uD83D\uDE00");

    @Test
    void metadataGoOutInHeadersAsTheyMayComeIn() throws IOException {
        client.put(
                "labels/texts",
                new ByteArrayInputStream(CONTENT),
                PutOptions.defaults().withUserMetadata(TEXTS));

        Map<String, String> sent = new LinkedHashMap<>();
        for (String node : TestChain.NODES) {
            assertThat(RawHttp.request(chain.cluster().nodeUrl(node), "HEAD", "/v1/files/labels/texts"))
                    .matches("[\\n\\r -~]*")
                    .doesNotContainPattern("(?m)^X-Split");
            Rest.Answer answer = head(node, "labels/texts");
            assertThat(answer.header("X-Craq-Meta-Name")).isEqualTo("%D1%84%D0%BE%D1%82%D0%BE %E4%B8%80.jpg");
            assertThat(answer.header("X-Craq-Meta-Percent")).isEqualTo("100%25 %2541 %252541");
            TEXTS.keySet().forEach(key -> sent.put("X-Craq-Meta-" + key, answer.header("X-Craq-Meta-" + key)));
        }
        String[] headers = sent.entrySet().stream()
                .flatMap(each -> List.of(each.getKey(), each.getValue()).stream())
                .toArray(String[]::new);
        rest.put(Rest.file(chain.headUrl(), "labels/again"), CONTENT, headers);
        rest.send("POST", Rest.file(chain.headUrl(), "labels/again"), CONTENT);
        client.copy("labels/again", "labels/copied");
        String metadata = String.join(
                ",",
                TEXTS.entrySet().stream()
                        .map(each -> each.getKey() + " " + base64(each.getValue()))
                        .toList());
        assertThat(byTus("labels/by-tus", metadata).status()).isEqualTo(201);

        for (String name : List.of("labels/texts", "labels/again", "labels/copied", "labels/by-tus")) {
            assertThat(client.stat(name).userMetadata()).as(name).isEqualTo(TEXTS);
        }
    }

    @Test
    void metadataThatBreakARuleAreRefusedByEveryDoor() {
        rest.put(Rest.file(chain.headUrl(), "labels/source"), CONTENT);
        for (String value : List.of("100%", "%", "%4", "%0A", "%C2%85", "%E2%80%A8", "%ED%A0%80", "%FF")) {
            Rest.Answer answer =
                    rest.put(Rest.file(chain.headUrl(), "labels/refused"), CONTENT, "X-Craq-Meta-Name", value);
            assertThat(answer.status()).as(value).isEqualTo(400);
            assertThat(answer.text()).containsIgnoringCase("name");
        }
        for (String json : List.of("\\n", "\\u0000", "\\u0085", "\\u2029")) {
            Rest.Answer answer = byTransaction("\"userMetadata\": {\"name\": \"" + json + "\"}");
            assertThat(answer.status()).as(json).isEqualTo(400);
            assertThat(answer.text()).contains("steps[0]", "'name'");
        }
        Rest.Answer half = byTransaction("\"userMetadata\": {\"name\": \"\\ud83d\"}");
        assertThat(half.status()).isEqualTo(400);
        assertThat(half.text()).contains("an unpaired surrogate");
        for (String value : List.of("a\nb", "\u0085", "\u2028")) {
            assertThat(byTus("labels/refused", "name " + base64(value)).status())
                    .isEqualTo(400);
        }
        String tooMany =
                String.join(",", IntStream.range(0, 65).mapToObj(i -> "k" + i).toList());
        assertThat(byTus("labels/refused", tooMany).text()).contains("64 keys");
        assertThat(byTus("labels/refused", "A YQ==,a Yg==").status()).isEqualTo(400);
        assertThat(head("n1", "labels/refused").status()).isEqualTo(404);
    }

    /** A gRPC message has at most 4 MiB, and the metadata of a file may have some kilobytes. */
    @Test
    void aPageOfFilesThatSayMuchOfThemselvesEndsEarlier() throws IOException {
        Map<String, String> much = new LinkedHashMap<>();
        IntStream.range(0, 64).forEach(i -> much.put("key" + (10 + i), "\u0444".repeat(13)));
        client.put("labels/light", new ByteArrayInputStream(CONTENT));
        String prefix = "labels/heavy/" + "x".repeat(900);
        for (int begin = 0; begin < 1000; begin += 100) {
            Transaction hundred = client.transaction();
            for (int i = begin; i < begin + 100; i++) {
                hundred.copy(
                        "labels/light",
                        prefix + (1000 + i),
                        CopyOptions.defaults().withLabels("text/plain", much));
            }
            hundred.commit();
        }
        try {
            ListPage page = client.list(ListOptions.prefix(prefix));
            assertThat(page.files()).hasSizeBetween(700, 999);
            assertThat(page.nextCursor()).isNotEmpty();
            assertThat(client.listAll(prefix)).hasSize(1000);
        } finally {
            for (int begin = 0; begin < 1000; begin += 100) {
                Transaction hundred = client.transaction();
                IntStream.range(begin, begin + 100).forEach(i -> hundred.delete(prefix + (1000 + i)));
                hundred.commit();
            }
        }
    }
}

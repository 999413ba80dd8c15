package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pages for operators and their tools handle invalid requests like all other interfaces, and reveal nothing that is
 * not theirs to reveal.
 */
@ExtendWith(ChainExtension.class)
class OperatorPagesIT {
    private final TestChain chain;
    private final Rest rest;

    OperatorPagesIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
    }

    private Rest.Answer digest(String query) {
        return rest.get(URI.create(chain.cluster().nodeUrl("n2") + "/v1/admin/digest?" + query));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prefix=%00",
                "after=%00",
                "prefix=a%0A",
                "prefix=.craq/uploads/",
                "after=.craq/uploads/",
                "limit=0",
                "limit=1001",
                "limit=x",
                "limit=99999999999999999999",
                "mark=x",
                "mark=-2",
                "mark=99999999999999999999",
                "rows=maybe"
            })
    void aDigestThatIsAskedForWronglyIsRefused(String query) {
        Rest.Answer answer = digest(query);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void aDigestDoesNotTellTheNamesOfUploads() {
        Tus tus = new Tus(rest, chain.headUrl());
        String path = Tus.path(tus.create("digest/upload", 5));
        tus.send(path, 0, new byte[2]);
        String id = path.substring(path.lastIndexOf('/') + 1);
        rest.put(Rest.file(chain.headUrl(), "+before"), new byte[1]);
        rest.put(Rest.file(chain.headUrl(), "digest/behind"), new byte[1]);
        rest.put(Rest.file(chain.headUrl(), "digest/\uFFFD"), new byte[1]);
        rest.put(Rest.file(chain.headUrl(), "digest/\uD83D\uDE00"), new byte[1]);

        JsonObject page = digest("rows=true").json();
        List<String> names = names(page);
        assertThat(page.toString()).doesNotContain(id);
        assertThat(names)
                .contains("+before", ".craq/", "digest/behind")
                .isSortedAccordingTo(OperatorPagesIT::byCodePoints);
        assertThat(names.stream().filter(name -> name.startsWith(".craq/"))).hasSize(1);
        assertThat(names(digest("rows=true&prefix=.craq/").json())).containsExactly(".craq/");
        List<String> oneByOne = new ArrayList<>();
        String mark = page.get("mark").getAsString();
        for (String after = ""; oneByOne.size() < 4; after = oneByOne.get(oneByOne.size() - 1)) {
            oneByOne.addAll(names(digest("rows=true&limit=1&mark=" + mark + "&after=" + Rest.escape(after, ""))
                    .json()));
        }
        assertThat(oneByOne).isEqualTo(names.subList(0, 4));

        String before = row(page);
        tus.send(path, 2, new byte[1]);
        assertThat(row(digest("rows=true").json())).isNotEqualTo(before);
        tus.terminate(path);
    }

    private static List<String> names(JsonObject page) {
        return page.getAsJsonArray("rows").asList().stream()
                .map(row -> row.getAsJsonObject().get("name").getAsString())
                .toList();
    }

    /** Compares in the order of all listings of names; that of {@link String} differs for characters beyond U+FFFF. */
    private static int byCodePoints(String one, String other) {
        return Arrays.compare(one.codePoints().toArray(), other.codePoints().toArray());
    }

    /** Returns the rows about the store's internal files. */
    private static String row(JsonObject page) {
        return page.getAsJsonArray("rows").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(row -> row.get("name").getAsString().equals(".craq/"))
                .map(row -> row.get("holding").getAsString())
                .findFirst()
                .orElseThrow();
    }

    /** A request as Prometheus sends it when it accepts native histograms. */
    @Test
    void metricsAreToldToWhoWouldRatherHaveThemInAnotherForm() {
        String wanted =
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
                        + "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
        for (String url : List.of(chain.cluster().managerUrl(), chain.cluster().nodeUrl("n3"))) {
            Rest.Answer answer = rest.get(URI.create(url + "/metrics"), "Accept", wanted);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).startsWith("application/openmetrics-text");
            assertThat(answer.text()).endsWith("# EOF\n");
            assertThat(rest.get(URI.create(url + "/metrics"), "Accept", "application/vnd.google.protobuf;q=1")
                            .header("Content-Type"))
                    .startsWith("text/plain");
        }
    }

    @Test
    void noAnswerToHeadOfAnUploadIsStored() {
        for (String node : TestChain.NODES) {
            Tus tus = new Tus(rest, chain.cluster().nodeUrl(node));
            for (String path : List.of("/v1/uploads/none", "/v1/uploads/00000000-0000-4000-8000-000000000000")) {
                Rest.Answer answer = tus.head(path);
                assertThat(answer.status()).isEqualTo(404);
                assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
            }
        }
    }

    @Test
    void whatOnlyLooksLikeAnotherMethodMakesNoUpload() {
        Tus tus = new Tus(rest, chain.headUrl());
        for (String method : List.of("patch", "PUT", "")) {
            Rest.Answer answer = tus.request(
                    "POST",
                    "/v1/uploads/digest/none",
                    new byte[0],
                    "X-HTTP-Method-Override",
                    method,
                    "Upload-Length",
                    "1");
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.text()).contains("X-HTTP-Method-Override");
        }
        Rest.Answer twice =
                tus.request("POST", "/v1/uploads/digest/none", new byte[0], "Upload-Length", "1", "Upload-Length", "2");
        assertThat(twice.status()).isEqualTo(400);
        Rest.Answer huge = tus.request("POST", "/v1/uploads/digest/none", new byte[0], "Upload-Length", "9".repeat(20));
        assertThat(huge.status()).isEqualTo(413);
    }
}

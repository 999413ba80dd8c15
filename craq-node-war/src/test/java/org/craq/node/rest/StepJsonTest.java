package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.node.files.Labels;
import org.craq.node.files.Step;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepJsonTest {
    private static final FileName A = new FileName("a");
    private static final FileName B = new FileName("b");
    private static final Version VERSION = Version.parse("3-12");

    private static List<Step> parse(String steps) {
        return parseBody("{\"steps\": [" + steps.replace('\'', '"') + "]}");
    }

    private static List<Step> parseBody(String body) {
        return StepJson.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aStepHasWhatItsKindHas() {
        assertThat(parse("{'copy': 'a', 'to': 'b'}"))
                .containsExactly(new Step.Copy(A, Optional.empty(), B, Optional.empty(), false, List.of()));
        assertThat(parse("{'move': 'a', 'to': 'b', 'version': '3-12', 'ifAbsent': true}"))
                .containsExactly(new Step.Copy(
                        A, Optional.of(VERSION), B, Optional.empty(), true, List.of(new Condition.IsAbsent(B))));
        assertThat(parse("{'copy': 'a', 'to': 'b', 'contentType': 'text/plain', 'userMetadata': {'k': 'v'}}"))
                .containsExactly(new Step.Copy(
                        A,
                        Optional.empty(),
                        B,
                        Optional.of(new Labels("text/plain", Map.of("k", "v"))),
                        false,
                        List.of()));
        assertThat(
                        parse(
                                "{'delete': 'a', 'ifVersion': '3-12'}, {'delete': 'b', 'ifAbsent': false}, {'check': 'a', 'ifPresent': true}"))
                .containsExactly(
                        new Step.Delete(A, List.of(new Condition.IsVersion(A, VERSION))),
                        new Step.Delete(B, List.of()),
                        new Step.Check(A, List.of(new Condition.Exists(A))));
        assertThat(parse("")).isEmpty();
    }

    @Test
    void aMoveOfAVersionIsOnConditionThatItIsTheNewest() {
        assertThat(parse("{'move': 'a', 'to': 'b', 'version': '3-12'}").get(0).conditions())
                .containsExactly(new Condition.IsVersion(A, VERSION));
        assertThat(parse("{'copy': 'a', 'to': 'b', 'version': '3-12'}").get(0).conditions())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'delete': 'a'}, {'copy': 'a'}| steps[1]: to must be a text",
                "{'copy': 'a', 'move': 'b'}| one of copy, move, delete and check",
                "{}| one of copy, move, delete and check",
                "7| a step must be an object",
                "{'delete': 'a', 'to': 'b'}| 'delete' can't have 'to'",
                "{'delete': 5}| delete must be a text; it is 5",
                "{'delete': 'a//b'}| steps[0]",
                "{'delete': '.craq/x'}| store's own",
                "{'delete': 'a', 'ifVersion': 'new'}| epoch-seq",
                "{'delete': 'a', 'ifAbsent': 'yes'}| ifAbsent must be true or false",
                "{'check': 'a'}| has no condition",
                "{'move': 'a', 'to': 'a'}| can't be moved to itself",
                "{'copy': 'a', 'to': 'b', 'userMetadata': {'k': 1}}| userMetadata.k must be a text",
                "{'copy': 'a', 'to': 'b', 'userMetadata': []}| an object whose values are texts",
                "{'delete': 'a', 'delete': 'b'}| 'delete' twice",
                "{'delete': 'a', 'ifVersion': 1e5}| ifVersion must be a text",
                "{'copy': 'a', 'to': 'b', 'contentType': 'x'}| media type"
            })
    void whatIsWrongIsSaid(String steps, String said) {
        assertThatThrownBy(() -> parse(steps))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(said);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]",
                "{",
                "''",
                "{\"steps\": []} and more",
                "{\"steps\": [], \"steps\": []}",
                "{\"steps\": {}}",
                "{\"steps\": [], \"more\": 1}",
                "{\"step\": []}"
            })
    void theBodyIsAnObjectWithSteps(String body) {
        assertThatThrownBy(() -> parseBody(body))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the body");
    }
}

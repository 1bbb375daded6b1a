import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Word puts a word into a topic, or prints what is in it: put|get ADDRESS [WORD]. */
public class Word {
    public static void main(String[] args) throws Exception {
        String topic = "words";
        if (args[0].equals("put")) {
            try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", args[1], "acks", "all"), new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>(topic, args[2])).get();
                System.out.println(producer.partitionsFor(topic).size() + " partitions");
            }
            return;
        }
        Map<String, Object> settings = Map.of("bootstrap.servers", args[1], "group.id", "test", "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (System.nanoTime() < end) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    System.out.println(record.value());
                    return;
                }
            }
        }
    }
}

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workplace', '0004_sent_forms'),
    ]

    operations = [
        migrations.AddField(
            model_name='reaction',
            name='edition',
            field=models.PositiveIntegerField(default=0, verbose_name='stand van de tekst'),
        ),
    ]

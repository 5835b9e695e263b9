import shutil, pytest
from django.conf import settings
from nplv_portal.loading import Loader
pytestmark = pytest.mark.django_db
V='{ region = "vrieheide-de-stack", value = "66.9", printed = "66,9" }'
CASES=[
("figures.toml",V,V.replace(" }",', unit = "jaar" }')),
("figures.toml",V,'{ value = "66.9", printed = "66,9" }'),
("figures.toml",V,'{ region = "vrieheide-de-stack", value = "66.9" }'),
("figures.toml",V,'{ region = "atlantis", value = "66.9", printed = "66,9" }'),
("figures.toml",V,'{ region = "heerlen", value = "66.9", printed = "66,9" }'),
("figures.toml",V,'{ region = "vrieheide-de-stack", value = "veel", printed = "66,9" }'),
("figures.toml",V,'{ region = "vrieheide-de-stack", value = "66.9", printed = 66 }'),
("figures.toml",V,'"vrieheide"'),
("figures.toml",V,'{ region = "vrieheide-de-stack", value = "66.9", printed = "'+"6"*50+'" }'),
("figures.toml",'unit = "years"','unit = "dagen"'),
("figures.toml",'kind = "neighbourhood"','kind = "straat"'),
("figures.toml",'measured = "2023-09-10"','measured = "september"'),
("money.toml",'euros = "4600000"','euros = "-4600000"'),
("money.toml",'euros = "4600000"','euros = "veel"'),
("money.toml",'is_rounded = true','is_rounded = "soms"'),
("money.toml",'scope = "region"','scope = "wereld"'),
("money.toml",'kind_basis = "§6.3','remark = "§6.3'),
("money.toml",'kind = "extra"\n',''),
("money.toml",'last_year = 2027','last_year = 2018'),
("money.toml",'first_year = 2019','first_year = "vroeger"'),
("money.toml",'part_of = "heerlen-regiodeal-tweede-tranche"','part_of = "heerlen-regiodeal-saffier-saffiertjes"'),
("money.toml",'part_of = "heerlen-regiodeal-tweede-tranche"','part_of = "bestaat-niet"'),
("money.toml",'document = "S2"\n',''),
("money.toml",'document = "S2"','document = "S9"'),
("money.toml",'decides = ','besluit = '),
("money.toml",'order = 1\n',''),
("organisation.toml",'{ to = "heerlen-alliantieraad", words = "zit in" }','{ to = "heerlen-alliantieraad" }'),
("organisation.toml",'{ to = "heerlen-alliantieraad", words = "zit in" }','{ to = "bestaat-niet", words = "zit in" }'),
("organisation.toml",'fte = "0.5"','fte = "half"'),
("organisation.toml",'theme = "talentontwikkeling"','theme = "talent"'),
("timeline.toml",'kind = "vraag"','kind = "roep"'),
("timeline.toml",'happened = "2021-05-27"','happened = "mei 2021"'),
("timeline.toml",'answers = "heerlen-2021-05-27-vragen-regionale-aanpak"','answers = "bestaat-niet"'),
("timeline.toml",'municipality = "heerlen"','municipality = "atlantis"'),
("national.toml",'kind = "goal"','kind = "droom"'),
("national.toml",'positions = [','positions = "een", xx = ['),
("conflicts.toml",'section = "programme"','section = "onzin"'),
("research.toml",'answer_place','answer_plaats'),
]
@pytest.mark.parametrize("i",range(len(CASES)))
def test_p(i,tmp_path):
    f,old,new=CASES[i]
    folder=shutil.copytree(settings.BASE_DIR/"fixtures",tmp_path/"f")
    p=folder/f; t=p.read_text(); assert old in t,(f,old)
    p.write_text(t.replace(old,new,1))
    try: Loader(folder).run(); print("\n##",i,f,new[:60].replace("\n"," "),"=> LOADED")
    except Exception as e: print("\n##",i,f,new[:60].replace("\n"," "),"=>",type(e).__name__,str(e)[:200])

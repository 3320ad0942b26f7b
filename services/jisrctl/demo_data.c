#include "demo_data.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct demo_name DEMO_FIRST_NAMES[] = {
    {"فاطمة", "Fatima"},   {"خديجة", "Khadija"},   {"عائشة", "Aicha"},    {"مريم", "Meryem"},  {"زينب", "Zineb"},
    {"نادية", "Nadia"},    {"سعاد", "Souad"},      {"حنان", "Hanane"},    {"لطيفة", "Latifa"}, {"نعيمة", "Naima"},
    {"رشيدة", "Rachida"},  {"سميرة", "Samira"},    {"أمينة", "Amina"},    {"كريمة", "Karima"}, {"مليكة", "Malika"},
    {"حفيظة", "Hafida"},   {"ربيعة", "Rabia"},     {"سلمى", "Salma"},     {"هند", "Hind"},     {"إكرام", "Ikram"},
    {"نورة", "Noura"},     {"ابتسام", "Ibtissam"}, {"سكينة", "Soukaina"}, {"حياة", "Hayat"},   {"فاطمة الزهراء", "Fatima Zahra"},
    {"السعدية", "Saadia"}, {"يامنة", "Yamna"},     {"فتيحة", "Fatiha"},   {"بشرى", "Bouchra"}, {"أسماء", "Asmae"},
    {"حليمة", "Halima"},   {"زهرة", "Zahra"},      {"وفاء", "Wafae"},     {"إلهام", "Ilham"},  {"نجاة", "Najat"},
    {"رقية", "Rkia"},      {"هاجر", "Hajar"},      {"شيماء", "Chaimae"},  {"دنيا", "Dounia"},  {"غزلان", "Ghizlane"},
};
const size_t DEMO_FIRST_NAME_COUNT = COUNT(DEMO_FIRST_NAMES);

const struct demo_name DEMO_FAMILY_NAMES[] = {
    {"العلوي", "El Alaoui"},     {"الإدريسي", "El Idrissi"}, {"بناني", "Bennani"},      {"التازي", "Tazi"},        {"الفاسي", "El Fassi"},
    {"برادة", "Berrada"},        {"العمراني", "El Amrani"},  {"الحسني", "El Hassani"},  {"بوزيدي", "Bouzidi"},     {"السقاط", "Sekkat"},
    {"الغزاوي", "El Ghazaoui"},  {"المرابط", "El Morabit"},  {"اليعقوبي", "Yacoubi"},   {"الزروالي", "Zerouali"},  {"الشرقاوي", "Cherkaoui"},
    {"الناصري", "Naciri"},       {"الوزاني", "Ouazzani"},    {"بنجلون", "Benjelloun"},  {"الكتاني", "Kettani"},    {"العراقي", "Laraqui"},
    {"الهاشمي", "El Hachimi"},   {"أوحسين", "Ouhssine"},     {"آيت علي", "Ait Ali"},    {"أمزيان", "Ameziane"},    {"الرحموني", "Rahmouni"},
    {"المنصوري", "El Mansouri"}, {"الصقلي", "Skalli"},       {"بوعزة", "Bouazza"},      {"الداودي", "Daoudi"},     {"القادري", "Kadiri"},
    {"السباعي", "Sbai"},         {"لحلو", "Lahlou"},         {"المقدم", "El Mokaddem"}, {"الطاهري", "Tahiri"},     {"الحمومي", "Hammoumi"},
    {"بلحاج", "Belhaj"},         {"الغرناطي", "Gharnati"},   {"الجناتي", "Jennati"},    {"الورياكلي", "Ouriagli"}, {"بنعلي", "Benali"},
};
const size_t DEMO_FAMILY_NAME_COUNT = COUNT(DEMO_FAMILY_NAMES);

const struct demo_name DEMO_COOPERATIVES[] = {
    {"تعاونية الأمل", "Coopérative Al Amal"},
    {"تعاونية الخير", "Coopérative Al Kheir"},
    {"تعاونية الزيتونة", "Coopérative Zitouna"},
    {"تعاونية النور", "Coopérative Annour"},
    {"تعاونية البركة", "Coopérative Al Baraka"},
    {"تعاونية تمونت", "Coopérative Tamount"},
    {"تعاونية الوردة", "Coopérative Al Warda"},
    {"تعاونية المستقبل", "Coopérative Al Moustaqbal"},
    {"تعاونية نساء الأطلس", "Coopérative Femmes de l'Atlas"},
    {"تعاونية أركانة سايس", "Coopérative Saïss"},
    {"تعاونية الصفاء", "Coopérative Assafae"},
    {"تعاونية اليد الذهبية", "Coopérative Main d'Or"},
};
const size_t DEMO_COOPERATIVE_COUNT = COUNT(DEMO_COOPERATIVES);

const struct demo_province DEMO_PROVINCES[] = {
    {"MA-FES", 300, {"Fès Médina", "Zouagha", "Agdal", "Saïss"}, 5},
    {"MA-MEK", 210, {"Meknès", "Toulal", "Boufakrane", "Moulay Idriss Zerhoun"}, 25},
    {"MA-TAO", 150, {"Taounate", "Ghafsai", "Karia Ba Mohamed", "Tissa"}, 80},
    {"MA-TAZ", 120, {"Taza", "Tahla", "Aknoul", "Oued Amlil"}, 60},
    {"MA-SEF", 70, {"Sefrou", "Bhalil", "El Menzel", "Imouzzer Kandar"}, 40},
    {"MA-HAJ", 50, {"El Hajeb", "Agourai", "Sebaa Aioun", "Aïn Taoujdate"}, 50},
    {"MA-BOM", 50, {"Boulemane", "Missour", "Outat El Haj", "Guigou"}, 70},
    {"MA-IFR", 30, {"Ifrane", "Azrou", "Timahdite", "Ben Smim"}, 45},
    {"MA-MOU", 20, {"Moulay Yacoub", "Aïn Kansara", "Sebaa Rouadi", "Oulad Mimoun"}, 75},
};
const size_t DEMO_PROVINCE_COUNT = COUNT(DEMO_PROVINCES);

const struct demo_project DEMO_PROJECTS[] = {
    {"agrifood", "Huile d'olive"},
    {"agrifood", "Couscous artisanal"},
    {"agrifood", "Plantes aromatiques et médicinales"},
    {"agrifood", "Miel de montagne"},
    {"agrifood", "Fromage de chèvre"},
    {"agrifood", "Câpres et conserves"},
    {"crafts", "Broderie de Fès"},
    {"crafts", "Tapis noués"},
    {"crafts", "Poterie"},
    {"crafts", "Djellabas et caftans"},
    {"crafts", "Boutons de soie de Sefrou"},
    {"services", "Salon de coiffure"},
    {"services", "Garde d'enfants"},
    {"services", "Traiteur"},
    {"services", "Atelier de couture"},
    {"commerce", "Épicerie de quartier"},
    {"commerce", "Vente en ligne"},
    {"livestock", "Élevage de lapins"},
    {"livestock", "Poulailler fermier"},
    {"digital", "Réparation de téléphones"},
    {"digital", "Cours d'informatique"},
};
const size_t DEMO_PROJECT_COUNT = COUNT(DEMO_PROJECTS);
